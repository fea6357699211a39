import Foundation
import Synchronization

/// Writes to standard output (results) and standard error (everything else), whole lines at a time.
enum Terminal {
    private static let lock = Mutex(())

    /// Whether a person watches standard error.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }

    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func output(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    /// Whole lines with their line ends.
    static func outputBlock(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    static func note(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    /// Text without a line end, for a line that is drawn again and again.
    static func draw(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        lock.withLock { _ in
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let code = errno
                    // Nobody reads any more: there is no one left to tell.
                    if descriptor == STDERR_FILENO || code == EPIPE { return }
                    let reason = String(cString: strerror(code))
                    let message = "attar: standard output cannot be written (\(reason)): what it has is incomplete\n"
                    FileHandle.standardError.write(Data(message.utf8))
                    Foundation.exit(ExitStatus.work)
                }
                rest = rest.dropFirst(count)
            }
        }
    }
}
