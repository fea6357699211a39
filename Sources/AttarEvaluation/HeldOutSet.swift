import AttarData
import Foundation

/// Held-out rows with their right labels, sealed: what is evaluated is handed the texts and gives answers; labels, and
/// rows as such, cannot be had outside this target.
package struct HeldOutSet: Sendable {
    package let labels: [String]
    let texts: [String]
    /// The right label of each row, an index into `labels`.
    let gold: [Int]
    /// Further columns that rows are grouped by.
    let columns: [Column]

    struct Column: Sendable {
        let name: String
        /// A value a row; nil where it has none.
        let values: [String?]
    }

    /// Reads a table of held-out rows, once `record` has written down that they are opened.
    ///
    /// - Parameters:
    ///   - shownPath: as the user wrote it, for messages.
    ///   - labels: those of the model, in its order.
    ///   - columns: further columns that rows are to be grouped by.
    /// - Throws: what `record` throws; `DataError` where the table cannot be read; `HeldOutError` where it has no rows, or a
    ///   row without one of the labels.
    package init(
        opening url: URL, shownPath: String, textColumn: String, labelColumn: String, labels: [String],
        columns: [String] = [], record: () throws -> Void
    ) throws {
        try record()
        let rows = try TextTable.read(
            url, textColumn: textColumn, labelColumn: labelColumn, otherColumns: columns)
        guard !rows.isEmpty else { throw HeldOutError.empty(path: shownPath) }
        let indexes = Dictionary(zip(labels, labels.indices)) { first, _ in first }
        gold = try rows.map { row in
            guard let label = row.label else {
                throw HeldOutError.noLabel(path: shownPath, line: row.line, column: labelColumn)
            }
            guard let index = indexes[label] else {
                throw HeldOutError.unknownLabel(path: shownPath, line: row.line, label: label, known: labels)
            }
            return index
        }
        texts = rows.map(\.text)
        self.labels = labels
        self.columns = columns.indices.map { column in
            Column(name: columns[column], values: rows.map { $0.others[column] })
        }
    }

    package var count: Int { texts.count }

    /// How many rows a table has, and how many bytes their texts, for an estimate of what a teacher's answers to them will
    /// take: nothing else is known of them afterwards.
    package static func size(
        of url: URL, textColumn: String, labelColumn: String
    ) throws(DataError) -> (rows: Int, textBytes: Int) {
        let rows = try TextTable.read(url, textColumn: textColumn, labelColumn: labelColumn)
        return (rows.count, rows.reduce(0) { $0 + $1.text.utf8.count })
    }

    /// Hashes that tell copies of the texts of sets, and nothing else.
    ///
    /// - Parameter prepared: makes of texts what they will be compared as.
    package static func fingerprint(
        of sets: [HeldOutSet], prepared: ([String]) -> [String] = { $0 }
    ) -> Fingerprint {
        Fingerprint(heldOut: prepared(sets.flatMap(\.texts)))
    }

    /// What a system under evaluation answers to the texts.
    package func answers<Answers>(of system: ([String]) throws -> Answers) rethrows -> Answers {
        try system(texts)
    }

    /// What a system under evaluation answers to the texts, where that takes a while.
    package func answersInTime<Answers>(of system: ([String]) async throws -> Answers) async rethrows -> Answers {
        try await system(texts)
    }

    /// Computes every figure of a report; the input's answers are to these rows, in their order.
    package func evaluate(_ input: EvaluationInput) throws(EvaluationError) -> EvaluationReport {
        var input = input
        input.labels = labels
        input.gold = gold
        input.texts = texts
        return try AttarEvaluation.evaluate(input)
    }
}

/// What is wrong with held-out rows.
package enum HeldOutError: Error, Equatable, CustomStringConvertible {
    case empty(path: String)
    case noLabel(path: String, line: Int, column: String)
    case unknownLabel(path: String, line: Int, label: String, known: [String])

    package var description: String {
        switch self {
        case .empty(let path): "\(path): expected held-out rows; found none"
        case .noLabel(let path, let line, let column):
            "\(path):\(line): expected a label in column “\(column)”; the cell is empty. Held-out rows need their right label"
        case .unknownLabel(let path, let line, let label, let known):
            "\(path):\(line): “\(label)” is not one of the labels of the model (\(known.prefix(8).joined(separator: ", "))"
                + "\(known.count > 8 ? ", and \(known.count - 8) more" : ""))"
                + (nearestName(to: label, among: known).map { "; did you mean “\($0)”?" } ?? "")
        }
    }
}
