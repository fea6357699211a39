import Foundation

/// Reviews as CSV or JSON Lines, to be filled in by a team: id, text, label, scores, reasons, decision.
///
/// The column `decision` takes `keep`, `drop` or the name of the right label; an empty cell decides nothing.
package enum ReviewTable {
    private static let columns = ["id", "text", "label", "teacher", "confidence", "reasons", "decision"]

    /// Writes items with what is decided about them so far.
    package static func write(
        _ items: [ReviewItem], of dataset: TextDataset, decisions: ReviewDecisions, to url: URL
    ) throws(DataError) {
        try TextTable.write(
            columns: columns,
            rows: items.map { item in
                let answer = dataset.teacherMean(of: item.row)
                let best = answer.flatMap(likeliest)
                return [
                    .text(item.id), .text(dataset.rows[item.row].text),
                    dataset.label(of: item.row).map { .text(dataset.labels[$0]) } ?? .none,
                    best.map { .text(dataset.labels[$0]) } ?? .none,
                    best.flatMap { best in answer.map { .number($0[best]) } } ?? .none,
                    .text(item.reasons.map { $0.text(dataset.labels) }.joined(separator: "; ")),
                    decisions[id: item.id].map { .text(cell($0)) } ?? .none,
                ]
            }, to: url)
    }

    /// Reads decisions about texts of the dataset, by id or, without a column `id`, by text. Throws for a row that is about
    /// no text of the dataset, and for a decision that is none.
    package static func read(_ url: URL, for dataset: TextDataset) throws(DataError) -> ReviewDecisions {
        guard let format = TextTable.Format(fileExtension: url.pathExtension), format != .plainLines else {
            throw .unknownFormat(path: url.path)
        }
        let text = try TextBytes(try TextTable.bytes(of: url), path: url.path)
        let columns = [
            TableColumn(name: "id"), TableColumn(name: "text"), TableColumn(name: "decision", isRequired: true),
        ]
        let known = Set(dataset.rows.map(\.id))
        var decisions = ReviewDecisions()
        for record in try TextTable.records(text, format: format, columns) {
            guard let cell = record.fields[2], !cell.isEmpty else { continue }
            func wrong(_ column: String, _ expected: String, _ found: String) -> DataError {
                .wrongValue(
                    TextPosition(path: url.path, line: record.line, column: 1), column: column, expected: expected,
                    found: "“\(found)”")
            }
            let named = record.fields[0].flatMap { $0.isEmpty ? nil : $0 }
            let id = named ?? TextRow.id(of: record.fields[1] ?? "")
            guard known.contains(id) else {
                throw wrong(named == nil ? "text" : "id", "a text of the dataset", named ?? record.fields[1] ?? "")
            }
            guard let decision = decision(cell, labels: dataset.labels) else {
                throw wrong("decision", "keep, drop or one of the labels \(list(dataset.labels))", cell)
            }
            if let other = decisions[id: id], other != decision {
                throw wrong("decision", "one decision about a text; a row above has “\(Self.cell(other))”", cell)
            }
            decisions[id: id] = decision
        }
        return decisions
    }

    private static func cell(_ decision: ReviewDecision) -> String {
        if case .relabel(let label) = decision, !["keep", "drop"].contains(label) { return label }
        return decision.text
    }

    private static func decision(_ cell: String, labels: [String]) -> ReviewDecision? {
        if let decision = ReviewDecision(text: cell) {
            guard case .relabel(let label) = decision else { return decision }
            return labels.contains(label) ? decision : nil
        }
        return labels.contains(cell) ? .relabel(cell) : nil
    }

    private static func list(_ labels: [String]) -> String {
        labels.prefix(10).joined(separator: ", ") + (labels.count > 10 ? ", …" : "")
    }
}
