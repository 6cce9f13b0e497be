@testable import CapacitorStrongroom
import XCTest

/// Calls into Rust that need no Keychain.
final class StorageTests: XCTestCase {
    func testAResultComesBackFromRust() throws {
        let result = try storage().handle(method: "getPlatform", options: [:])
        XCTAssertEqual(result as? [String: String], ["value": "ios"])
    }

    func testOptionsReachRustWholeAndItsRefusalComesBack() throws {
        for options in [[:], ["key": ""], ["key": 7], ["key": NSNull()]] as [[String: Any]] {
            XCTAssertEqual(try code(of: "get", options), "INVALID_ARGUMENT")
        }
        XCTAssertEqual(try code(of: "get", ["key": String(repeating: "🔑", count: 257)]), "INVALID_ARGUMENT")
    }

    func testWhatIsNotJsonIsRefusedByRust() throws {
        XCTAssertEqual(try code(of: "get", ["key": Date()]), "INVALID_ARGUMENT")
        XCTAssertEqual(try code(of: "set", ["key": "k", "value": Double.nan]), "INVALID_ARGUMENT")
    }

    func testAConfigurationThatCannotBeUnderstoodFailsTheCallAndNotTheApp() {
        let storage = Storage(settings: ["platform": "ios", "config": ["onKeyLoss": "perhaps"]], events: EventQueue { _, _ in })
        XCTAssertThrowsError(try storage.handle(method: "getPlatform", options: [:])) { error in
            XCTAssertEqual(self.code(of: error), "INVALID_ARGUMENT")
        }
    }

    func testTheWorkerAnswersTheCallOnceRustHas() throws {
        let worker = Worker(storage: storage())
        let answered = RecordedCall()
        worker.forward(try answered.call("getPlatform"))
        let refused = RecordedCall()
        worker.forward(try refused.call("get", ["key": ""]))
        wait(for: [answered.answered, refused.answered], timeout: 30, enforceOrder: true)
        XCTAssertEqual(answered.result as? [String: String], ["value": "ios"])
        XCTAssertEqual(refused.error?.code, "INVALID_ARGUMENT")
    }

    func testAnEventIsDeliveredWithItsData() throws {
        let delivered = expectation(description: "the event is delivered")
        let events = EventQueue { name, data in
            XCTAssertEqual(name, "expired")
            XCTAssertEqual(data as? [String: String], ["store": "default", "key": "käy"])
            delivered.fulfill()
        }
        try events.onEvent(name: "expired", dataJson: #"{"store": "default", "key": "k\u00e4y"}"#)
        wait(for: [delivered], timeout: 30)
    }

    private func storage() -> Storage {
        Storage(settings: ["platform": "ios"], events: EventQueue { _, _ in })
    }

    private func code(of method: String, _ options: [String: Any]) throws -> String? {
        do {
            _ = try storage().handle(method: method, options: options)
            return nil
        } catch {
            return code(of: error)
        }
    }

    private func code(of error: Error) -> String? {
        if case let StorageError.Coded(code, _, _) = error { return code }
        return nil
    }
}
