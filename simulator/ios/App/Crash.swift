import Foundation

/// Says why the process ends. What Swift itself says of a trap comes before that.
enum Crash {
    static func end(_ problem: String, _ status: Int32 = 70) -> Never {
        FileHandle.standardError.write(Data("FATAL: \(problem)\n".utf8))
        _exit(status)
    }

    /// As on a phone, an access to nil ends the app; unlike there, nobody would write a report.
    static func announce() {
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] {
            signal(number) { number in
                var text: StaticString = "FATAL SIGNAL\n"
                switch number {
                case SIGSEGV, SIGBUS: text = "FATAL SIGNAL: an access to memory that is not there, such as nil in place of an object\n"
                case SIGILL, SIGTRAP: text = "FATAL SIGNAL: a trap of Swift\n"
                case SIGABRT: text = "FATAL SIGNAL: abort\n"
                default: break
                }
                _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
