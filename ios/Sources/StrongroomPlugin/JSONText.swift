import Foundation

/// The object as JSON text. What cannot be written as JSON, such as half of a surrogate pair, becomes the empty text: it is not JSON
/// either, so Rust refuses it.
func jsonText(_ object: Any) -> String {
    guard JSONSerialization.isValidJSONObject(object), let data = try? JSONSerialization.data(withJSONObject: object) else { return "" }
    return String(data: data, encoding: .utf8) ?? ""
}
