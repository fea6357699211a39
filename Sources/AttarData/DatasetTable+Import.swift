import Foundation

extension DatasetTable {
    /// How rows of a table become a dataset.
    package struct ImportOptions: Sendable {
        package var textColumn = "text"
        package var labelColumn = "label"
        /// Whether a table without that column is refused; else its rows count as unlabelled.
        package var requiresLabels = false
        /// The labels in their order; nil takes those that occur: first as in the probability columns, the rest sorted.
        package var labels: [String]?
        /// For tables without a column `split`.
        package var fractions = SplitFractions(validation: 0.1, calibration: 0.1)
        package var seed: UInt64 = 0

        package init() {}
    }

    /// Reads a dataset from CSV, JSON Lines or plain lines.
    ///
    /// Tables that `write` made come back as they were, up to what a table cannot hold. Other tables need a text column only:
    /// rows with a label count as labelled, rows without as unlabelled, and are split by hash, stratified by label.
    package static func read(_ url: URL, options: ImportOptions = ImportOptions()) throws(DataError) -> TextDataset {
        guard let format = TextTable.Format(fileExtension: url.pathExtension) else {
            throw .unknownFormat(path: url.path)
        }
        let text = try TextBytes(try TextTable.bytes(of: url), path: url.path)
        let present = try columnNames(text, format: format)
        if options.requiresLabels, !present.contains(options.labelColumn) {
            throw .missingColumn(
                path: url.path, column: options.labelColumn, present: present,
                nearest: nearestName(to: options.labelColumn, among: present))
        }
        let teachers = present.compactMap(ProbabilityColumn.init(name:))
        let attributes = present.compactMap { $0.wholeMatch(of: /attribute\[(.+)\]/).map { String($0.1) } }
        var columns =
            [TableColumn(name: options.textColumn, isText: true)]
            + [options.labelColumn, "intended", "source", "split"].map { TableColumn(name: $0) }
            + teachers.map { TableColumn(name: $0.name, isRequired: true) }
            + attributes.map { TableColumn(name: attributeColumn($0)) }
        let known = Set(teachers.map(\.teacher))
        let further = TeacherColumn.allCases.flatMap { column in
            known.sorted().map { (column, $0) }.filter { present.contains($0.name(of: $1)) }
        }
        columns += further.map { TableColumn(name: $0.name(of: $1)) }
        let records = try TextTable.records(text, format: format, columns)
        let table = ImportedTable(
            path: url.path, records: records, columns: columns, probabilities: teachers, attributes: attributes,
            further: further)
        var dataset = try table.dataset(labels: options.labels)
        if !present.contains("split") {
            let splits = splitRows(
                texts: dataset.rows.map(\.text), strata: dataset.rows.map(\.gold), fractions: options.fractions,
                seed: options.seed)
            for (row, split) in splits.enumerated() { dataset.rows[row].split = split }
        }
        try dataset.validate(path: url.path)
        return dataset
    }

    private static func columnNames(
        _ text: TextBytes, format: TextTable.Format
    ) throws(DataError) -> [String] {
        switch format {
        case .csv:
            var reader = CSVReader(text)
            return try reader.header()
        case .jsonLines: return try JSONLinesReader(text).keys()
        case .plainLines: return []
        }
    }
}

/// Rows with the columns text, label, intended, source, split, the probabilities, the attributes and what else is said of
/// teachers, in this order.
private struct ImportedTable {
    let path: String
    let records: [TableRecord]
    let columns: [TableColumn]
    let probabilities: [ProbabilityColumn]
    let attributes: [String]
    let further: [(column: TeacherColumn, teacher: String)]

    func dataset(labels given: [String]?) throws(DataError) -> TextDataset {
        let labels = given ?? foundLabels()
        var indexOfLabel: [String: Int] = [:]
        for (index, label) in labels.enumerated() { indexOfLabel[label] = index }
        var rows: [TextRow] = []
        for record in records {
            let gold = try label(in: record, at: 1, indexOfLabel)
            rows.append(
                TextRow(
                    text: record.fields[0] ?? "",
                    source: try named(record, at: 3, Source.allCases.map(\.name), Source.init(name:))
                        ?? (gold == nil ? .unlabelled : .labelled),
                    split: try named(record, at: 4, Split.allCases.map(\.name), Split.init(name:)) ?? .train,
                    gold: gold, intended: try label(in: record, at: 2, indexOfLabel),
                    attributes: attributes(of: record)))
        }
        return TextDataset(labels: labels, rows: rows, teachers: try teachers(labels, indexOfLabel))
    }

    /// The value of a column; nil if the table lacks it or the cell is empty.
    private func value(_ record: TableRecord, at column: Int) -> String? {
        guard column < record.fields.count, let value = record.fields[column], !value.isEmpty else { return nil }
        return value
    }

    private func attributes(of record: TableRecord) -> [String: String] {
        var found: [String: String] = [:]
        for (offset, name) in attributes.enumerated() {
            found[name] = value(record, at: 5 + probabilities.count + offset)
        }
        return found
    }

    private func foundLabels() -> [String] {
        var labels: [String] = []
        var known: Set<String> = []
        for column in probabilities where known.insert(column.label).inserted { labels.append(column.label) }
        var others: Set<String> = []
        for record in records {
            for column in 1...2 {
                if let label = value(record, at: column), !known.contains(label) { others.insert(label) }
            }
        }
        return labels + others.sorted()
    }

    private func label(
        in record: TableRecord, at column: Int, _ indexOfLabel: [String: Int]
    ) throws(DataError) -> Int? {
        guard let name = value(record, at: column) else { return nil }
        guard let index = indexOfLabel[name] else {
            let names = indexOfLabel.keys.sorted()
            throw wrong(record, column, expected: "one of the labels \(names.joined(separator: ", "))", found: name)
        }
        return index
    }

    private func named<Value>(
        _ record: TableRecord, at column: Int, _ names: [String], _ make: (String) -> Value?
    ) throws(DataError) -> Value? {
        guard let name = value(record, at: column) else { return nil }
        guard let made = make(name) else {
            throw wrong(record, column, expected: "one of \(names.joined(separator: ", "))", found: name)
        }
        return made
    }

    private func teachers(
        _ labels: [String], _ indexOfLabel: [String: Int]
    ) throws(DataError) -> [TeacherLabels] {
        var teachers: [TeacherLabels] = []
        for (offset, column) in probabilities.enumerated() {
            guard let label = indexOfLabel[column.label] else { continue }
            let teacher: Int
            if let known = teachers.firstIndex(where: { $0.name == column.teacher }) {
                teacher = known
            } else {
                let none = [Float](repeating: .nan, count: records.count * labels.count)
                teacher = teachers.count
                teachers.append(TeacherLabels(name: column.teacher, method: "imported", probabilities: none))
            }
            for (row, record) in records.enumerated() {
                guard let text = value(record, at: 5 + offset) else { continue }
                guard let number = Float(text), number.isFinite else {
                    throw wrong(record, 5 + offset, expected: "a probability or nothing", found: text)
                }
                teachers[teacher].probabilities[row * labels.count + label] = number
            }
        }
        for (offset, (column, name)) in further.enumerated() {
            guard let teacher = teachers.firstIndex(where: { $0.name == name }) else { continue }
            let place = 5 + probabilities.count + attributes.count + offset
            for record in records {
                switch column {
                case .outside: teachers[teacher].massOutside.append(try outside(record, at: place))
                case .rung: teachers[teacher].rung.append(try rung(record, at: place))
                }
            }
        }
        return teachers
    }

    /// The probability of answers that are no label; NaN for an empty cell.
    private func outside(_ record: TableRecord, at column: Int) throws(DataError) -> Float {
        guard let text = value(record, at: column) else { return .nan }
        guard let number = Float(text), (0...1.001).contains(number) else {
            throw wrong(record, column, expected: "a probability or nothing", found: text)
        }
        return number
    }

    private func rung(_ record: TableRecord, at column: Int) throws(DataError) -> UInt8 {
        try named(record, at: column, TeacherLabels.rungs) { name in
            TeacherLabels.rungs.firstIndex(of: name).map { UInt8($0) }
        } ?? 0
    }

    private func wrong(_ record: TableRecord, _ column: Int, expected: String, found: String) -> DataError {
        .wrongValue(
            TextPosition(path: path, line: record.line, column: 1), column: columns[column].name, expected: expected,
            found: "“\(found)”")
    }
}
