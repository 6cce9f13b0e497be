import Foundation

/// Takes events from inside a running storage operation and delivers them on a queue of its own, so that no listener can
/// hold the storage up or call back into it.
final class EventQueue: EventListener {
    private let queue = DispatchQueue(label: "dev.strongroom.capacitor.events")
    private let deliver: @Sendable (String, [String: Any]) -> Void

    init(deliver: @escaping @Sendable (String, [String: Any]) -> Void) {
        self.deliver = deliver
    }

    /// The text is parsed on the queue: a dictionary must not change threads.
    func onEvent(name: String, dataJson: String) throws {
        queue.async { [deliver] in
            let data = try? JSONSerialization.jsonObject(with: Data(dataJson.utf8)) as? [String: Any]
            deliver(name, data ?? [:])
        }
    }
}
