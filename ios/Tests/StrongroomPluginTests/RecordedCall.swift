import Capacitor
import XCTest

/// A call from the page that records its answer. One that expects no answers may get any number, from any thread.
final class RecordedCall {
    let answered = XCTestExpectation(description: "the call is answered")
    private(set) var result: [String: Any]?
    private(set) var error: CAPPluginCallError?
    private let expectsAnswers: Bool

    init(expectsAnswers: Bool = true) {
        self.expectsAnswers = expectsAnswers
    }

    func call(_ method: String, _ options: [String: Any] = [:]) throws -> CAPPluginCall {
        try XCTUnwrap(CAPPluginCall(
            callbackId: "1",
            methodName: method,
            options: options,
            success: { result, _ in
                guard self.expectsAnswers else { return }
                self.result = result?.data
                self.answered.fulfill()
            },
            error: { error in
                self.error = error
                self.answered.fulfill()
            }
        ))
    }
}
