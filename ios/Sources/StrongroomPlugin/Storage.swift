import Foundation

/// The Rust side, opened at first use. Only the worker's queue may touch it, which the compiler cannot see.
final class Storage: @unchecked Sendable {
    private let configuration: () -> [String: Any]
    private let events: EventQueue
    private var bridge: Bridge?

    init(configuration: @escaping () -> [String: Any], events: EventQueue) {
        self.configuration = configuration
        self.events = events
    }

    func handle(method: String, options: [AnyHashable: Any]?) throws -> [String: Any] {
        let result = try open().handle(method: method, optionsJson: try jsonText(options ?? [:]))
        return try JSONSerialization.jsonObject(with: Data(result.utf8)) as? [String: Any] ?? [:]
    }

    /// A failure is not kept: the next call tries again.
    private func open() throws -> Bridge {
        if let bridge { return bridge }
        // The bindings check this themselves, at the first call, and end the app.
        guard initializationResult == .ok else {
            throw StorageError.Coded(code: "NOT_INITIALISED", detail: "The native library does not fit", retryable: false)
        }
        let opened = try Bridge(configJson: try jsonText(configuration()), events: events)
        bridge = opened
        return opened
    }

    /// What cannot be written as JSON becomes the empty text, which is not JSON either, so that Rust refuses it.
    private func jsonText(_ object: Any) throws -> String {
        guard JSONSerialization.isValidJSONObject(object) else { return "" }
        return String(data: try JSONSerialization.data(withJSONObject: object), encoding: .utf8) ?? ""
    }
}
