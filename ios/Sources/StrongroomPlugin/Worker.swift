@preconcurrency import Capacitor
import Foundation

/// Runs calls one after the other on its own queue, because all plugins share Capacitor's queue.
final class Worker: Sendable {
    private let storage: Storage
    /// It frees what a block leaves, copies of secrets among it, when the block has ended.
    private let queue = DispatchQueue(label: "dev.strongroom.capacitor", autoreleaseFrequency: .workItem)

    init(storage: Storage) {
        self.storage = storage
    }

    func forward(_ call: CAPPluginCall) {
        queue.async { [storage] in
            do {
                call.resolve(try storage.handle(method: call.methodName, options: call.options))
            } catch {
                Rejection(error).send(call)
            }
        }
    }
}
