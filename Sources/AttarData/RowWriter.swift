/// One cell of a table.
package enum TableValue: Sendable {
    case none
    case text(String)
    case number(Float)
}

/// Collects the rows of a table as bytes.
protocol RowWriter {
    var bytes: [UInt8] { get }
    /// Appends a row: one value a column.
    mutating func append(_ values: [TableValue])
}

/// CSV after RFC 4180, with LF at line ends.
struct CSVWriter: RowWriter {
    private(set) var bytes: [UInt8] = []

    init(columns: [String]) {
        append(columns.map { .text($0) })
    }

    mutating func append(_ values: [TableValue]) {
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch value {
            case .none: break
            case .text(let text): append(text)
            case .number(let number): bytes.append(contentsOf: "\(number)".utf8)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: String) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes = text.utf8.contains { [quote, UInt8(ascii: ","), 0x0A, 0x0D].contains($0) }
        guard needsQuotes else { return bytes.append(contentsOf: text.utf8) }
        bytes.append(quote)
        for byte in text.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}

/// JSON Lines: every key in every object, null where there is no value.
struct JSONLinesWriter: RowWriter {
    private(set) var bytes: [UInt8] = []
    private let keys: [[UInt8]]

    init(columns: [String]) {
        keys = columns.map { Self.quoted($0) }
    }

    mutating func append(_ values: [TableValue]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: keys[index])
            bytes.append(UInt8(ascii: ":"))
            switch value {
            case .none: bytes.append(contentsOf: "null".utf8)
            case .text(let text): bytes.append(contentsOf: Self.quoted(text))
            case .number(let number): bytes.append(contentsOf: "\(number)".utf8)
            }
        }
        bytes.append(contentsOf: "}\n".utf8)
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
