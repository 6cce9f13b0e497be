import FakeDevice
import Foundation

/// The Keychain, its locks and its user: a Rust library behind three C functions.
enum FakeDevice {
    /// Returns what is wrong.
    static func start(_ data: URL) -> String? {
        strongroom_fake_start(data.path).map { String(cString: $0) }
    }

    /// Returns the answer as the protocol has it, but for its id.
    static func command(_ name: String, _ arguments: [String: Any]) -> [String: Any] {
        let text = strongroom_fake_command(name, String(data: line(of: arguments), encoding: .utf8) ?? "")
        defer { strongroom_fake_free(text) }
        let answer = try? JSONSerialization.jsonObject(with: Data(String(cString: text).utf8))
        return answer as? [String: Any] ?? ["ok": false, "error": "the device answered no JSON"]
    }
}
