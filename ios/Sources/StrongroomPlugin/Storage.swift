import Foundation

/// The Rust side, opened at first use. Only the worker's queue may use it. The compiler cannot check this.
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

    /// After a failure, the next call tries again.
    private func open() throws -> Bridge {
        if let bridge { return bridge }
        // Without this check, the bindings would end the app at the first call.
        guard initializationResult == .ok else {
            let detail = "The native library has another version: build again"
            throw StorageError.Coded(code: "NOT_INITIALISED", detail: detail, retryable: false)
        }
        let opened = try Bridge(configJson: try jsonText(configuration()), events: events)
        bridge = opened
        return opened
    }

    /// Returns the empty text for what cannot be written as JSON. It is not JSON either, so Rust refuses it.
    private func jsonText(_ object: Any) throws -> String {
        guard JSONSerialization.isValidJSONObject(object) else { return "" }
        return String(data: try JSONSerialization.data(withJSONObject: object), encoding: .utf8) ?? ""
    }
}
