import Foundation

/// The stores, for the app's own native code: a background task, a widget, an extension.
public enum Strongroom {
    /// Opens the store that JavaScript sees under the same name, with the app's Capacitor configuration. Calls wait for the
    /// Keychain, so do not make them on the main thread.
    ///
    /// `bundle` is the one with `capacitor.config.json`. An extension has a bundle of its own, without that file: it calls
    /// `SecureStorage.open`, which takes the configuration. In an extension, no item counts as one of an earlier installation.
    ///
    /// Fails with `NOT_INITIALISED` if the bundle has no configuration that can be read, and with the codes of `SecureStorage.open`.
    public static func open(store: String = "default", bundle: Bundle = .main) throws -> SecureStorage {
        try open(store: store, configuration: bundle.url(forResource: "capacitor.config", withExtension: "json"))
    }

    /// `process` is the bundle of the app or the extension that runs.
    static func open(store: String, configuration file: URL?, process: Bundle = .main) throws -> SecureStorage {
        guard
            let file,
            let data = try? Data(contentsOf: file),
            let configuration = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else {
            throw notInitialised("The bundle has no capacitor.config.json that can be read: pass its options to SecureStorage.open")
        }
        try NativeLibrary.check()
        let plugins = configuration["plugins"] as? [String: Any]
        return try SecureStorage.open(
            store: store,
            configJson: jsonText(plugins?["SecureStorage"] ?? [String: Any]()),
            markerDirectory: MarkerDirectory.prepared(process: process)
        )
    }
}
