/// Collects lines for standard output and writes them in blocks.
final class LineBuffer {
    private let limitBytes: Int
    private var text = ""

    /// - Parameter limitBytes: 0 writes every line at once.
    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    func append(_ line: String) {
        text += line
        text += "\n"
        if text.utf8.count > limitBytes { flush() }
    }

    func flush() {
        if !text.isEmpty { Terminal.outputBlock(text) }
        text = ""
    }
}
