import Foundation

/// Receives events during a storage operation and delivers them on its own queue, so that a listener can neither delay
/// the operation nor call back into it.
final class EventQueue: EventListener {
    /// It frees what a block leaves, copies of secrets among it, when the block has ended.
    private let queue = DispatchQueue(label: "dev.strongroom.capacitor.events", autoreleaseFrequency: .workItem)
    private let deliver: @Sendable (String, [String: Any]) -> Void

    init(deliver: @escaping @Sendable (String, [String: Any]) -> Void) {
        self.deliver = deliver
    }

    /// Parses the text on the queue, because a dictionary must not change threads.
    func onEvent(name: String, dataJson: String) throws {
        queue.async { [deliver] in
            let data = try? JSONSerialization.jsonObject(with: Data(dataJson.utf8)) as? [String: Any]
            deliver(name, data ?? [:])
        }
    }
}
