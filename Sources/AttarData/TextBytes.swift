/// The bytes of a text file, known to be UTF-8 without NUL; a byte-order mark is skipped.
struct TextBytes {
    let path: String
    let bytes: [UInt8]
    /// Where the text begins.
    let start: Int

    init(_ bytes: [UInt8], path: String) throws(DataError) {
        guard !bytes.isEmpty else { throw .noRows(path: path, hasHeader: false) }
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw .notUTF8ButUTF16(path: path)
        }
        self.path = path
        self.bytes = bytes
        start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if let offset = Self.firstInvalidOffset(bytes) {
            let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
            throw .notUTF8(path: path, line: line, byteOffset: offset, byte: bytes[offset])
        }
        if let offset = bytes.firstIndex(of: 0) { throw .nulCharacter(position(of: offset)) }
    }

    var end: Int { bytes.count }

    /// Line and column of a byte, found by counting: for errors only.
    func position(of offset: Int) -> TextPosition {
        let before = bytes[start..<max(start, min(offset, end))]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? start
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return TextPosition(path: path, line: line, column: column)
    }

    /// The character at a byte, for errors.
    func character(at offset: Int) -> String {
        guard offset < end else { return "the end of the file" }
        switch bytes[offset] {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return "the end of the line"
        default:
            let length = min(bytes[offset].leadingZeroBitCountOfComplement, end - offset)
            return "“\(String(decoding: bytes[offset..<offset + max(1, length)], as: UTF8.self))”"
        }
    }

    /// The first byte that is not part of well-formed UTF-8 (Unicode 16, table 3-7).
    private static func firstInvalidOffset(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                while offset + 8 <= buffer.count,
                    buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    offset += 8
                }
                guard offset < buffer.count else { break }
                let lead = buffer[offset]
                let length: Int
                let second: ClosedRange<UInt8>
                switch lead {
                case 0...0x7F: (length, second) = (1, 0x80...0xBF)
                case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
                case 0xE0: (length, second) = (3, 0xA0...0xBF)
                case 0xED: (length, second) = (3, 0x80...0x9F)
                case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
                case 0xF0: (length, second) = (4, 0x90...0xBF)
                case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
                case 0xF4: (length, second) = (4, 0x80...0x8F)
                default: return offset
                }
                guard offset + length <= buffer.count else { return offset }
                if length > 1, !second.contains(buffer[offset + 1]) { return offset }
                for next in 2..<max(2, length) where !(0x80...0xBF).contains(buffer[offset + next]) { return offset }
                offset += length
            }
            return nil
        }
    }
}

extension UInt8 {
    /// The length of a UTF-8 sequence that this byte leads; 0 for ASCII.
    fileprivate var leadingZeroBitCountOfComplement: Int { (~self).leadingZeroBitCount }
}
