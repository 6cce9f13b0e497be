@preconcurrency import Capacitor
import Foundation

/// Runs calls one after the other on its own queue, because all plugins share Capacitor's queue.
final class Worker: Sendable {
    private let storage: Storage
    private let queue = DispatchQueue(label: "dev.strongroom.capacitor")

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
