/// A strict reader of JSON Lines: one object a line; lines with only white space are skipped.
struct JSONLinesReader {
    private let text: TextBytes

    init(_ text: TextBytes) {
        self.text = text
    }

    /// The keys of the first object, in their order.
    func keys() throws(DataError) -> [String] {
        for (_, range) in lines() {
            var scanner = JSONScanner(text, range: range)
            scanner.skipSpace()
            if !scanner.isAtEnd { return try scanner.object { _ in false }.map(\.key) }
        }
        throw .noRows(path: text.path, hasHeader: false)
    }

    func records(_ columns: [TableColumn]) throws(DataError) -> [TableRecord] {
        let names = Set(columns.map(\.name))
        var records: [TableRecord] = []
        for (line, range) in lines() {
            var scanner = JSONScanner(text, range: range)
            scanner.skipSpace()
            guard !scanner.isAtEnd else { continue }
            let start = scanner.offset
            let members = try scanner.object { names.contains($0) }
            scanner.skipSpace()
            guard scanner.isAtEnd else {
                throw scanner.error(expected: "one object a line, and nothing after it")
            }
            var record = TableRecord(line: line, fields: [])
            for column in columns {
                record.fields.append(try value(of: column, in: members, at: start))
            }
            records.append(record)
        }
        guard !records.isEmpty else { throw .noRows(path: text.path, hasHeader: false) }
        return records
    }

    private func value(
        of column: TableColumn, in members: [JSONScanner.Member], at start: Int
    ) throws(DataError) -> String? {
        let matches = members.filter { $0.key == column.name }
        guard let member = matches.first else {
            guard !column.isRequired, !column.isText else {
                let keys = members.map(\.key)
                throw .missingKey(
                    text.position(of: start), key: column.name, present: keys,
                    nearest: nearestName(to: column.name, among: keys))
            }
            return nil
        }
        guard matches.count == 1 else {
            throw .wrongValue(
                text.position(of: matches[1].offset), column: column.name, expected: "each key once",
                found: "it a second time")
        }
        switch member.value {
        case .string(let string): return string
        case .literal("null") where !column.isText: return nil
        case .literal(let literal) where !column.isText: return literal
        case .literal(let literal):
            throw .wrongValue(
                text.position(of: member.offset), column: column.name, expected: "a string", found: literal)
        case .container:
            throw .wrongValue(
                text.position(of: member.offset), column: column.name,
                expected: column.isText ? "a string" : "a string or a number", found: "an object or array")
        case .skipped: return nil
        }
    }

    /// Line numbers with the bytes of each line.
    private func lines() -> [(line: Int, range: Range<Int>)] {
        var lines: [(Int, Range<Int>)] = []
        var start = text.start
        while start < text.end {
            let end = text.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.end
            lines.append((lines.count + 1, start..<end))
            start = end + 1
        }
        return lines
    }
}
