import Foundation

/// Keys of the terminal as they are pressed, without a line end to wait for.
struct SingleKeys {
    private let before: termios

    /// Nil where standard input is no terminal.
    init?() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        before = settings
        // Ctrl-C comes as a key, so that the terminal is put back before the program ends.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) == 0 else { return nil }
    }

    /// Puts the terminal back as it was.
    func restore() {
        var settings = before
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }

    /// Waits for a key; nil at the end of input, and for Ctrl-C and Ctrl-D. Keys of several bytes, such as arrows and letters
    /// with accents, come as one `unknown`.
    func next() -> Character? {
        guard let byte = nextByte(), byte != 3, byte != 4 else { return nil }
        guard byte == 0x1B || byte >= 0x80 else { return Character(UnicodeScalar(byte)) }
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, 0) == 1, nextByte() != nil {}
        return Self.unknown
    }

    static let unknown: Character = "\u{FFFD}"

    private func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            return count == 1 ? byte : nil
        }
    }
}
