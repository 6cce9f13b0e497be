/// The folder of an installed app, in place of Foundation's Bundle, which on Linux finds the folder of the program only.
public final class AppBundle {
    /// Set once, before Capacitor starts.
    nonisolated(unsafe) public static var main = AppBundle(resources: URL(fileURLWithPath: "/nonexistent"), info: [:])
    /// Capacitor's own framework, with native-bridge.js.
    nonisolated(unsafe) public static var capacitor = AppBundle.main

    /// The app's folder of that name.
    static var library: URL { URL(fileURLWithPath: NSHomeDirectory(), isDirectory: true).appendingPathComponent("Library") }

    public let resourceURL: URL
    public let infoDictionary: [String: Any]?

    public init(resources: URL, info: [String: Any]) {
        resourceURL = resources
        infoDictionary = info
    }

    public func url(forResource name: String, withExtension suffix: String?) -> URL? {
        let url = resourceURL.appendingPathComponent(suffix.map { "\(name).\($0)" } ?? name)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    public func object(forInfoDictionaryKey key: String) -> Any? { infoDictionary?[key] }
}
