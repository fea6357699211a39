import AttarData
import Foundation

/// The texts of a table of any length, a piece at a time.
package struct TextStream {
    private let descriptor: Int32
    private let path: String
    private let format: TextTable.Format
    private let textColumn: String
    private let pieceBytes: Int

    /// - Parameter format: nil where the ending of the name tells it.
    package init(path: String, format: TextTable.Format? = nil, textColumn: String, pieceBytes: Int = 1 << 20)
        throws(DataError)
    {
        guard let format = format ?? TextTable.Format(fileExtension: URL(filePath: path).pathExtension) else {
            throw .unknownFormat(path: path)
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(FileError(.open, path, code: errno)) }
        (self.path, self.format, self.textColumn, self.pieceBytes) = (path, format, textColumn, pieceBytes)
    }

    /// Standard input: what is there is given at once, so that a person can type.
    package init(standardInputAs format: TextTable.Format, textColumn: String) {
        (descriptor, path, pieceBytes) = (STDIN_FILENO, "standard input", 1 << 16)
        (self.format, self.textColumn) = (format, textColumn)
    }

    /// Calls `body` with each text, in order. Call it once.
    ///
    /// Throws `DataError` at the first piece that is no table; texts before it were given by then.
    package func read(_ body: (String) throws -> Void) throws {
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var records = RecordScanner(isQuoted: format == .csv)
        var header: [UInt8] = []
        var given = 0
        while true {
            let piece = try nextPiece()
            records.append(piece)
            var part = piece.isEmpty ? records.takeAll() : records.takeWholeRecords()
            if part.isEmpty {
                if piece.isEmpty { break }
                continue
            }
            if format == .csv, header.isEmpty {
                header = RecordScanner.firstRecord(of: part)
            } else if format == .csv {
                part = header + part
            }
            for text in try texts(of: part, after: given) {
                try body(text)
                given += 1
            }
            if piece.isEmpty { break }
        }
        // Nothing at all, or nothing below a header: the reader of whole tables has the words for it.
        if given == 0 { _ = try table(header) }
    }

    private func texts(of part: [UInt8], after given: Int) throws(DataError) -> [String] {
        do {
            return try table(part).map(\.text)
        } catch {
            if case .noRows = error { return [] }
            // The line numbers of a piece start at the piece. A file can be read again as a whole, for the right ones.
            if given > 0, descriptor != STDIN_FILENO {
                _ = try TextTable.read(URL(filePath: path), textColumn: textColumn, labelColumn: nil)
            }
            throw error
        }
    }

    /// Lines as they are; bytes that are no UTF-8, and NUL, become U+FFFD, so that one bad line does not keep the others
    /// from being answered.
    private func readable(_ bytes: [UInt8]) -> [UInt8] {
        guard format == .plainLines, !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            return bytes
        }
        return Array(String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{FFFD}").utf8)
    }

    private func table(_ bytes: [UInt8]) throws(DataError) -> [LabelledText] {
        try TextTable.parse(readable(bytes), path: path, format: format, textColumn: textColumn, labelColumn: nil)
    }

    /// The next bytes; none at the end.
    private func nextPiece() throws(DataError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return Array(buffer[..<count]) }
            guard errno == EINTR else { throw .file(FileError(.read, path, code: errno)) }
        }
    }
}

/// Bytes as they come, cut where a record ends: at a line end that is not inside quotes.
private struct RecordScanner {
    private var bytes: [UInt8] = []
    private var scanned = 0
    private var isInQuotes = false
    private var end = 0
    private let isQuoted: Bool

    init(isQuoted: Bool) {
        self.isQuoted = isQuoted
    }

    mutating func append(_ piece: [UInt8]) {
        bytes += piece
        for index in scanned..<bytes.count {
            if isQuoted, bytes[index] == UInt8(ascii: "\"") { isInQuotes.toggle() }
            if bytes[index] == UInt8(ascii: "\n"), !isInQuotes { end = index + 1 }
        }
        scanned = bytes.count
    }

    mutating func takeWholeRecords() -> [UInt8] {
        let whole = Array(bytes[..<end])
        bytes.removeFirst(end)
        scanned -= end
        end = 0
        return whole
    }

    mutating func takeAll() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// The first record with its line end; all where there is no more than one.
    static func firstRecord(of bytes: [UInt8]) -> [UInt8] {
        var isInQuotes = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\"") { isInQuotes.toggle() }
            if byte == UInt8(ascii: "\n"), !isInQuotes { return Array(bytes[...index]) }
        }
        return bytes
    }
}
