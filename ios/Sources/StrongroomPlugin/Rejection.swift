import Capacitor

/// The error of a failed call, as the page receives it. The text of an unexpected error may contain user data, so it is
/// left out.
struct Rejection {
    private let code: String
    private let message: String
    private let retryable: Bool

    init(_ error: Error) {
        if case let StorageError.Coded(code, detail, retryable) = error {
            self.init(code: code, message: detail, retryable: retryable)
        } else {
            self.init(code: "INTERNAL", message: "The plugin failed unexpectedly", retryable: false)
        }
    }

    private init(code: String, message: String, retryable: Bool) {
        self.code = code
        self.message = message
        self.retryable = retryable
    }

    func send(_ call: CAPPluginCall) {
        call.reject(message, code, nil, ["retryable": retryable])
    }
}
