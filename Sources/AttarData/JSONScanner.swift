/// Reads one JSON object (RFC 8259) out of a line and keeps only the values asked for.
struct JSONScanner {
    enum Value: Equatable {
        case string(String)
        /// A number, true, false or null, as written.
        case literal(String)
        case container
        case skipped
    }

    struct Member {
        let key: String
        let value: Value
        /// Where the value begins.
        let offset: Int
    }

    private let text: TextBytes
    private let end: Int
    private(set) var offset: Int

    private static let deepestNesting = 64

    init(_ text: TextBytes, range: Range<Int>) {
        self.text = text
        offset = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { offset >= end }

    mutating func skipSpace() {
        while offset < end, text.bytes[offset] == 0x20 || text.bytes[offset] == 0x09 || text.bytes[offset] == 0x0D {
            offset += 1
        }
    }

    func error(expected: String) -> DataError {
        .syntax(
            text.position(of: offset), expected: expected,
            found: offset < end ? text.character(at: offset) : "the end of the line")
    }

    /// The members of an object; values whose key `isWanted` refuses are checked and skipped.
    mutating func object(_ isWanted: (String) -> Bool) throws(DataError) -> [Member] {
        var members: [Member] = []
        try scanObject(depth: 0) { key, scanner throws(DataError) in
            let start = scanner.offset
            if isWanted(key) {
                members.append(Member(key: key, value: try scanner.value(depth: 1), offset: start))
            } else {
                try scanner.skipValue(depth: 1)
                members.append(Member(key: key, value: .skipped, offset: start))
            }
        }
        return members
    }

    private mutating func scanObject(
        depth: Int, _ member: (String, inout JSONScanner) throws(DataError) -> Void
    ) throws(DataError) {
        try expect("{", "an object: {")
        skipSpace()
        if take("}") { return }
        while true {
            skipSpace()
            guard offset < end, text.bytes[offset] == UInt8(ascii: "\"") else {
                throw error(expected: "a key in quotes")
            }
            let key = try string()
            skipSpace()
            try expect(":", "a colon after the key")
            skipSpace()
            try member(key, &self)
            skipSpace()
            if take("}") { return }
            try expect(",", "a comma or }")
        }
    }

    private mutating func value(depth: Int) throws(DataError) -> Value {
        guard offset < end else { throw error(expected: "a value") }
        switch text.bytes[offset] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try skipValue(depth: depth)
            return .container
        default: return .literal(try literal())
        }
    }

    private mutating func skipValue(depth: Int) throws(DataError) {
        guard offset < end else { throw error(expected: "a value") }
        guard depth <= Self.deepestNesting else { throw error(expected: "at most \(Self.deepestNesting) levels") }
        switch text.bytes[offset] {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            try scanObject(depth: depth) { _, scanner throws(DataError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            offset += 1
            skipSpace()
            if take("]") { return }
            while true {
                skipSpace()
                try skipValue(depth: depth + 1)
                skipSpace()
                if take("]") { return }
                try expect(",", "a comma or ]")
            }
        default: _ = try literal()
        }
    }

    private mutating func literal() throws(DataError) -> String {
        let start = offset
        let isPart = { (byte: UInt8) in
            byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]") && byte > 0x20
        }
        while offset < end, isPart(text.bytes[offset]) { offset += 1 }
        let word = String(decoding: text.bytes[start..<offset], as: UTF8.self)
        guard ["true", "false", "null"].contains(word) || Self.isNumber(word.utf8) else {
            offset = start
            throw error(expected: "a value: a string in double quotes, a number, true, false, null, { or [")
        }
        return word
    }

    /// `-? (0 | [1-9] digits) (. digits)? ([eE] [+-]? digits)?`
    private static func isNumber(_ word: String.UTF8View) -> Bool {
        var rest = word[...]
        func takeDigits() -> Int {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest.removeFirst(digits.count)
            return digits.count
        }
        func take(_ characters: Set<UInt8>) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest.removeFirst()
            return true
        }
        _ = take([UInt8(ascii: "-")])
        guard take([UInt8(ascii: "0")]) || takeDigits() > 0 else { return false }
        if take([UInt8(ascii: ".")]), takeDigits() == 0 { return false }
        if take([UInt8(ascii: "e"), UInt8(ascii: "E")]) {
            _ = take([UInt8(ascii: "+"), UInt8(ascii: "-")])
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() throws(DataError) -> String {
        offset += 1
        let start = offset
        while offset < end, text.bytes[offset] != UInt8(ascii: "\""), text.bytes[offset] != UInt8(ascii: "\\"),
            text.bytes[offset] >= 0x20
        {
            offset += 1
        }
        if take("\"") { return String(decoding: text.bytes[start..<offset - 1], as: UTF8.self) }
        var bytes = Array(text.bytes[start..<offset])
        while true {
            guard offset < end else { throw error(expected: "a closing quote") }
            let byte = text.bytes[offset]
            guard byte >= 0x20 else { throw error(expected: "control characters in a string to be escaped") }
            if take("\"") { return String(decoding: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: String(try escape()).utf8)
            } else {
                bytes.append(byte)
                offset += 1
            }
        }
    }

    private mutating func escape() throws(DataError) -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard offset < end else { throw error(expected: "a character after the backslash") }
        let byte = text.bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            offset = start
            throw error(expected: "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
        }
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code), take("\\") {
            try expect("u", "the second half of a surrogate pair")
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else {
                offset = start
                throw error(expected: "a whole surrogate pair")
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard code != 0 else { throw .nulCharacter(text.position(of: start)) }
        guard let scalar = Unicode.Scalar(code) else {
            offset = start
            throw error(expected: "a whole surrogate pair")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(DataError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard offset < end, let digit = Character(Unicode.Scalar(text.bytes[offset])).hexDigitValue else {
                throw error(expected: "four hexadecimal digits after \\u")
            }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < end, text.bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws(DataError) {
        guard take(character) else { throw error(expected: expected) }
    }
}
