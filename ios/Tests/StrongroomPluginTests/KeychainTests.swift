@testable import CapacitorStrongroom
import XCTest

/// The whole chain down to the Keychain. Only an app can use the Keychain: the project in `ios/Tests/Host` runs these tests
/// in one. On Linux there is a fake of it, which anyone can use.
final class KeychainTests: XCTestCase {
    #if os(Linux)
    private let canUseKeychain = true
    #else
    private let canUseKeychain = Bundle.main.bundleURL.pathExtension == "app"
    #endif

    override func setUpWithError() throws {
        try XCTSkipIf(!canUseKeychain, "no app runs the tests: see ios/Tests/Host")
        _ = try call("clear")
    }

    override func tearDownWithError() throws {
        if canUseKeychain { _ = try call("clear") }
    }

    func testAValueComesBackWhole() throws {
        for value in ["", "vier 🔑", "a\u{0}b", "\u{FEFF}a", String(repeating: "é", count: 20_000)] {
            _ = try call("set", ["key": "drei", "value": value])
            XCTAssertEqual(try call("get", ["key": "drei"])["value"] as? String, value)
        }
        XCTAssertEqual(try call("keys")["value"] as? [String], ["drei"])
    }

    /// Swift takes the two texts for equal. The Keychain and Rust do not.
    func testKeysThatOnlyLookTheSameAreTwoKeys() throws {
        let composed = "\u{E9}", decomposed = "e\u{301}"
        _ = try call("set", ["key": composed, "value": "composed"])
        _ = try call("set", ["key": decomposed, "value": "decomposed"])
        XCTAssertEqual(try call("get", ["key": composed])["value"] as? String, "composed")
        XCTAssertEqual(try call("get", ["key": decomposed])["value"] as? String, "decomposed")
    }

    func testHalfOfASurrogatePairIsRefused() throws {
        #if os(Linux)
        throw XCTSkip("Foundation of Linux replaces it when the text is made; Apple's cannot write it as JSON")
        #else
        let half = NSString(characters: [0xD83D], length: 1)
        XCTAssertThrowsError(try call("set", ["key": "k", "value": half])) { error in
            guard case let StorageError.Coded(code, _, _) = error else { return XCTFail("the error has no code") }
            XCTAssertEqual(code, "INVALID_ARGUMENT")
        }
        #endif
    }

    func testAnAbsentKeyIsNotFound() throws {
        XCTAssertThrowsError(try call("get", ["key": "absent"])) { error in
            let expected = StorageError.Coded(code: "NOT_FOUND", detail: "Item with given key does not exist", retryable: false)
            XCTAssertEqual(error as? StorageError, expected)
        }
    }

    func testWhatIsRemovedIsGone() throws {
        _ = try call("set", ["key": "a", "value": "1"])
        _ = try call("remove", ["key": "a"])
        XCTAssertEqual(try call("has", ["key": "a"])["value"] as? Bool, false)
        XCTAssertEqual(try call("keys")["value"] as? [String], [])
    }

    func testListsAndNullsPassTheSystemsJson() throws {
        _ = try call("setMany", ["items": [["key": "a", "value": "1"], ["key": "b", "value": ""]]])
        let values = try XCTUnwrap(try call("getMany", ["keys": ["b", "absent", "a"]])["value"] as? [Any])
        XCTAssertEqual(values as NSArray, ["", NSNull(), "1"] as NSArray)
        let swapped = try call("compareAndSet", ["key": "c", "expected": NSNull(), "value": "3"])
        XCTAssertEqual(swapped["value"] as? Bool, true)
        XCTAssertEqual(try call("get", ["key": "c"])["value"] as? String, "3")
    }

    func testAStoreKeepsToItself() throws {
        _ = try call("set", ["key": "a", "value": "1"])
        XCTAssertEqual(try call("has", ["key": "a", "store": "xctest.other"])["value"] as? Bool, false)
    }

    func testTheStatusSaysWhereItIs() throws {
        let status = try call("getStatus")
        XCTAssertEqual(status["location"] as? String, "keychain")
        XCTAssertEqual(status["secure"] as? Bool, true)
    }

    /// Each call opens the bridge again, as after a start of the app.
    private func call(_ method: String, _ options: [String: Any] = [:]) throws -> [String: Any] {
        var options = options
        if options["store"] == nil { options["store"] = "xctest" }
        let storage = Storage(settings: ["platform": "ios"], events: EventQueue { _, _ in })
        return try storage.handle(method: method, options: options)
    }
}
