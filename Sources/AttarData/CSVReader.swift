/// A strict reader of CSV after RFC 4180: commas, fields in double quotes with doubled quotes inside, LF or CRLF.
///
/// Lines with nothing on them are skipped. Everything else that departs from the RFC is an error with its place.
struct CSVReader {
    private let text: TextBytes
    private var offset: Int
    private var line = 1

    /// Bytes of one field, between its quotes if it has them.
    private struct Field {
        var range: Range<Int>
        var hasDoubledQuotes = false
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ text: TextBytes) {
        self.text = text
        offset = text.start
    }

    /// The names in the header.
    mutating func header() throws(DataError) -> [String] {
        var fields: [Field] = []
        guard try next(&fields) != nil else { throw .noRows(path: text.path, hasHeader: false) }
        return fields.map(string)
    }

    /// All rows below the header.
    mutating func records(_ columns: [TableColumn]) throws(DataError) -> [TableRecord] {
        let header = try header()
        var indices: [Int?] = []
        for column in columns {
            let matches = header.indices.filter { header[$0] == column.name }
            guard matches.count <= 1 else { throw .repeatedColumn(path: text.path, column: column.name) }
            guard !matches.isEmpty || !(column.isRequired || column.isText) else {
                throw .missingColumn(
                    path: text.path, column: column.name, present: header,
                    nearest: nearestName(to: column.name, among: header))
            }
            indices.append(matches.first)
        }
        var records: [TableRecord] = []
        var fields: [Field] = []
        while let start = try next(&fields) {
            guard fields.count == header.count else {
                throw .fieldCount(
                    TextPosition(path: text.path, line: start, column: 1), expected: header.count, found: fields.count)
            }
            records.append(TableRecord(line: start, fields: indices.map { $0.map { string(fields[$0]) } }))
        }
        guard !records.isEmpty else { throw .noRows(path: text.path, hasHeader: true) }
        return records
    }

    /// Reads a record into `fields` and returns the line it begins on, or nil at the end.
    private mutating func next(_ fields: inout [Field]) throws(DataError) -> Int? {
        fields.removeAll(keepingCapacity: true)
        skipEmptyLines()
        guard offset < text.end else { return nil }
        let start = line
        while true {
            fields.append(try nextField())
            guard offset < text.end, text.bytes[offset] == Self.comma else { break }
            offset += 1
        }
        skipLineEnd()
        return start
    }

    /// Leaves `offset` at a comma, a line end or the end.
    private mutating func nextField() throws(DataError) -> Field {
        guard offset < text.end, text.bytes[offset] == Self.quote else { return try plainField() }
        let open = offset
        offset += 1
        var field = Field(range: offset..<offset)
        while true {
            guard offset < text.end else { throw .unclosedQuote(text.position(of: open)) }
            let byte = text.bytes[offset]
            offset += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else { continue }
            guard offset < text.end, text.bytes[offset] == Self.quote else { break }
            field.hasDoubledQuotes = true
            offset += 1
        }
        field.range = open + 1..<offset - 1
        guard offset == text.end || text.bytes[offset] == Self.comma || isLineEnd(offset) else {
            throw .syntax(
                text.position(of: offset), expected: "a comma or the end of the line after the closing quote",
                found: text.character(at: offset))
        }
        return field
    }

    private mutating func plainField() throws(DataError) -> Field {
        let start = offset
        while offset < text.end, text.bytes[offset] != Self.comma, !isLineEnd(offset) {
            let byte = text.bytes[offset]
            guard byte != Self.quote else {
                throw .syntax(
                    text.position(of: offset),
                    expected: "a field with quotes in it to stand in quotes, each quote doubled",
                    found: "a quote within a plain field")
            }
            guard byte != Self.carriageReturn else {
                throw .syntax(
                    text.position(of: offset), expected: "lines that end with LF or CRLF",
                    found: "a carriage return alone")
            }
            offset += 1
        }
        return Field(range: start..<offset)
    }

    private func isLineEnd(_ offset: Int) -> Bool {
        switch text.bytes[offset] {
        case Self.lineFeed: true
        case Self.carriageReturn: offset + 1 == text.end || text.bytes[offset + 1] == Self.lineFeed
        default: false
        }
    }

    private mutating func skipLineEnd() {
        if offset < text.end, text.bytes[offset] == Self.carriageReturn { offset += 1 }
        if offset < text.end, text.bytes[offset] == Self.lineFeed {
            offset += 1
            line += 1
        }
    }

    private mutating func skipEmptyLines() {
        while offset < text.end, isLineEnd(offset) { skipLineEnd() }
    }

    private func string(_ field: Field) -> String {
        guard field.hasDoubledQuotes else { return String(decoding: text.bytes[field.range], as: UTF8.self) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(field.range.count)
        var offset = field.range.lowerBound
        while offset < field.range.upperBound {
            bytes.append(text.bytes[offset])
            offset += text.bytes[offset] == Self.quote ? 2 : 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
