import Foundation

/// The Rust side, opened at first use. Only the worker's queue may use it. The compiler cannot check this.
final class Storage: @unchecked Sendable {
    private let settings: [String: Any]
    private let events: EventQueue
    private var bridge: Bridge?

    /// `settings` is what `Bridge` of `rust/ffi` takes, less the directory of the marker.
    init(settings: [String: Any], events: EventQueue) {
        self.settings = settings
        self.events = events
    }

    func handle(method: String, options: [AnyHashable: Any]?) throws -> [String: Any] {
        let result = try open().handle(method: method, optionsJson: jsonText(options ?? [:]))
        return try JSONSerialization.jsonObject(with: Data(result.utf8)) as? [String: Any] ?? [:]
    }

    /// After a failure, the next call tries again.
    private func open() throws -> Bridge {
        if let bridge { return bridge }
        try NativeLibrary.check()
        var settings = settings
        settings["markerDirectory"] = MarkerDirectory.prepared()
        let opened = try Bridge(configJson: jsonText(settings), events: events)
        bridge = opened
        return opened
    }
}
