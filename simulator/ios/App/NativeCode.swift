@testable import CapacitorStrongroom
import Foundation

/// Code of the app that uses a store without the page.
struct NativeCode {
    let configuration: URL

    /// The value of an item, or the code of the error.
    func read(_ arguments: [String: Any]) -> [String: Any] {
        guard let store = arguments["store"] as? String, let key = arguments["key"] as? String else {
            return ["ok": false, "error": "store and key are needed"]
        }
        do {
            let value = try Strongroom.open(store: store, configuration: configuration).get(key: key)
            return ["ok": true, "value": value ?? NSNull()]
        } catch let StorageError.Coded(code, _, _) {
            return ["ok": false, "error": code]
        } catch {
            return ["ok": false, "error": "no code"]
        }
    }
}
