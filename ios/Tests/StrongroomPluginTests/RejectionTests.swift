import Capacitor
@testable import CapacitorStrongroom
import XCTest

final class RejectionTests: XCTestCase {
    func testACodedErrorKeepsItsCodeItsTextAndWhetherToRetry() throws {
        for retryable in [true, false] {
            let error = StorageError.Coded(code: "LOCKED", detail: "The device is locked", retryable: retryable)
            let rejection = try self.rejection(of: error)
            XCTAssertEqual(rejection.code, "LOCKED")
            XCTAssertEqual(rejection.message, "The device is locked")
            XCTAssertEqual(try data(of: rejection), ["retryable": retryable])
        }
    }

    func testWhatIsNotForeseenTellsNothingOfItself() throws {
        let error = NSError(domain: "token=eyJhbGciOi", code: 7, userInfo: [NSLocalizedDescriptionKey: "token=eyJhbGciOi"])
        let rejection = try self.rejection(of: error)
        XCTAssertEqual(rejection.code, "INTERNAL")
        XCTAssertEqual(rejection.message, "The plugin failed unexpectedly")
        XCTAssertEqual(try data(of: rejection), ["retryable": false])
        XCTAssertNil(rejection.error)
    }

    private func rejection(of error: Error) throws -> CAPPluginCallError {
        let recorded = RecordedCall()
        Rejection(error).send(try recorded.call("get"))
        XCTAssertNil(recorded.result)
        return try XCTUnwrap(recorded.error)
    }

    /// Capacitor wraps the data of an error in another `data`.
    private func data(of rejection: CAPPluginCallError) throws -> [String: Bool] {
        try XCTUnwrap(rejection.data?["data"] as? [String: Bool])
    }
}
