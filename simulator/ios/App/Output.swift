import Foundation

/// Standard output is for the port alone. What Capacitor and plugins print goes into a file, at once, as the console of a
/// phone outlives the app.
final class Output: Sendable {
    private let standardOutput: Int32

    init(log: URL) {
        standardOutput = dup(STDOUT_FILENO)
        let file = open(log.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard standardOutput >= 0, file >= 0, dup2(file, STDOUT_FILENO) >= 0 else { Crash.end("the console cannot be opened") }
        close(file)
        printLinesAtOnce()
    }

    func print(_ object: [String: Any]) {
        FileHandle(fileDescriptor: standardOutput).write(line(of: object))
    }
}

/// One line of JSON.
func line(of object: [String: Any]) -> Data {
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: .fragmentsAllowed) else {
        Crash.end("an answer is not JSON")
    }
    return data + Data("\n".utf8)
}
