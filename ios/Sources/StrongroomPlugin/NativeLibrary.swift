/// The Rust library that the app links.
enum NativeLibrary {
    /// Fails if it is another version than the bindings. Without this check, they would end the app at the first call.
    static func check() throws {
        guard initializationResult == .ok else {
            throw notInitialised("The native library has another version: build again")
        }
    }
}

/// The error of a call for which the native part is not ready.
func notInitialised(_ detail: String) -> StorageError {
    StorageError.Coded(code: "NOT_INITIALISED", detail: detail, retryable: false)
}
