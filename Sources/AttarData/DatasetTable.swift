import AttarHDF5
import Foundation

/// Datasets as CSV or JSON Lines, for spreadsheets and other tools.
///
/// Columns: text, label (gold), intended, source, split, then `attribute[NAME]` for each attribute of rows, then for each teacher
/// `probability[TEACHER][LABEL]` for each label and, where they were kept, `outside[TEACHER]` (probability of answers that are
/// no label) and `rung[TEACHER]` (where the probabilities came from). What a table cannot hold is lost: attributes of the
/// dataset, methods and weights of teachers, labels that occur nowhere.
package enum DatasetTable {
    /// Writes every row; the name of the file tells the format, .csv or .jsonl.
    package static func write(_ dataset: TextDataset, to url: URL) throws(DataError) {
        try dataset.validate(path: url.path)
        let format = TextTable.Format(fileExtension: url.pathExtension)
        let attributes = dataset.attributeNames
        var names = attributes.map(attributeColumn)
        for teacher in dataset.teachers {
            for label in dataset.labels {
                guard !teacher.name.contains("]["), !label.contains("][") else {
                    throw .noExport(path: url.path, reason: "the name of a teacher or label contains “][”")
                }
                names.append(ProbabilityColumn(teacher: teacher.name, label: label).name)
            }
            if !teacher.massOutside.isEmpty { names.append(TeacherColumn.outside.name(of: teacher.name)) }
            if !teacher.rung.isEmpty { names.append(TeacherColumn.rung.name(of: teacher.name)) }
        }
        var writer: any RowWriter
        switch format {
        case .csv: writer = CSVWriter(columns: fixedColumns + names)
        case .jsonLines: writer = JSONLinesWriter(columns: fixedColumns + names)
        case .plainLines: throw .noExport(path: url.path, reason: "plain lines cannot hold labels; use .csv or .jsonl")
        case nil: throw .unknownFormat(path: url.path)
        }
        for (index, row) in dataset.rows.enumerated() {
            writer.append(values(of: row, at: index, in: dataset, attributes: attributes))
        }
        do throws(FileError) {
            try AtomicFile.write(writer.bytes, to: url)
        } catch {
            throw .file(error)
        }
    }

    private static let fixedColumns = ["text", "label", "intended", "source", "split"]

    static func attributeColumn(_ name: String) -> String { "attribute[\(name)]" }

    private static func values(
        of row: TextRow, at index: Int, in dataset: TextDataset, attributes: [String]
    ) -> [TableValue] {
        var values: [TableValue] = [
            .text(row.text), row.gold.map { .text(dataset.labels[$0]) } ?? .none,
            row.intended.map { .text(dataset.labels[$0]) } ?? .none, .text(row.source.name), .text(row.split.name),
        ]
        values += attributes.map { name in row.attributes[name].map { .text($0) } ?? .none }
        for teacher in dataset.teachers.indices {
            if let probabilities = dataset.probabilities(teacher: teacher, row: index) {
                values += probabilities.map { .number($0) }
            } else {
                values += Array(repeating: .none, count: dataset.labels.count)
            }
            let given = dataset.teachers[teacher]
            if !given.massOutside.isEmpty {
                values.append(given.massOutside[index].isNaN ? .none : .number(given.massOutside[index]))
            }
            if !given.rung.isEmpty { values.append(.text(TeacherLabels.rungs[Int(given.rung[index])])) }
        }
        return values
    }
}

/// The name of a column that holds what a teacher gave to a label.
struct ProbabilityColumn: Equatable {
    let teacher: String
    let label: String

    private static let opening = "probability["

    init(teacher: String, label: String) {
        self.teacher = teacher
        self.label = label
    }

    init?(name: String) {
        guard name.hasPrefix(Self.opening), name.hasSuffix("]") else { return nil }
        let inner = name.dropFirst(Self.opening.count).dropLast()
        guard let middle = inner.range(of: "][") else { return nil }
        teacher = String(inner[..<middle.lowerBound])
        label = String(inner[middle.upperBound...])
    }

    var name: String { "\(Self.opening)\(teacher)][\(label)]" }
}

/// Columns that hold something else about a teacher's answers.
enum TeacherColumn: String, CaseIterable {
    case outside, rung

    func name(of teacher: String) -> String { "\(rawValue)[\(teacher)]" }
}
