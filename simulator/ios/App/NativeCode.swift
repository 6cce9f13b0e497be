@testable import CapacitorStrongroom
import Foundation

/// Code of the app, or of an extension with the app's configuration, that uses a store without the page.
struct NativeCode {
    let configuration: URL

    /// The value of an item, or the code of the error.
    func read(_ arguments: [String: Any]) -> [String: Any] {
        guard let store = arguments["store"] as? String, let key = arguments["key"] as? String else {
            return ["ok": false, "error": "store and key are needed"]
        }
        do {
            let process = arguments["extension"] as? Bool == true ? try widget() : .main
            let value = try Strongroom.open(store: store, configuration: configuration, process: process).get(key: key)
            return ["ok": true, "value": value ?? NSNull()]
        } catch let StorageError.Coded(code, _, _) {
            return ["ok": false, "error": code]
        } catch {
            return ["ok": false, "error": "no code"]
        }
    }

    /// The bundle of an extension: what makes it one is its name.
    private func widget() throws -> Bundle {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("Widget.appex", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let bundle = Bundle(url: folder) else { throw CocoaError(.fileNoSuchFile) }
        return bundle
    }
}
