import AttarData

/// Texts and labels that do not fit the recipe.
package enum TextDataError: Error, Sendable, Equatable {
    case noLabel(path: String, line: Int, column: String)
    case unknownLabel(path: String, line: Int, label: String, known: [String])
    case unknownCostLabel(label: String, known: [String])
    case labelWithoutRow(path: String, label: String, present: [String])
    case oneLabel(path: String, label: String)
    case tooManyLabels(path: String, count: Int, rows: Int, column: String, limit: Int)
    case fewerTextsThanLabels(texts: Int, labels: Int, key: String)
    case seedsHeldOut(path: String, count: Int, hasHardCases: Bool)
    /// - labels: what came back of each label without a text.
    case nothingWritten(labels: [String])
    case nothingLeft(dropped: [String])
    case oneLabelLeft(label: String, dropped: [String])
}

extension TextDataError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noLabel(let path, let line, let column):
            "\(path):\(line): expected a label in column “\(column)”; the cell is empty. Texts without labels belong in data.unlabelled"
        case .unknownLabel(let path, let line, let label, let known):
            "\(path):\(line): “\(label)” is not one of the labels (\(TextDataError.list(known)))"
                + (nearestName(to: label, among: known).map { "; did you mean “\($0)”?" } ?? "")
        case .unknownCostLabel(let label, let known):
            "evaluate.costs: “\(label)” is not one of the labels (\(TextDataError.list(known)))"
                + (nearestName(to: label, among: known).map { "; did you mean “\($0)”?" } ?? "")
        case .labelWithoutRow(let path, let label, let present):
            "\(path): expected rows of every label in `labels`; found none of “\(label)”. The file has \(TextDataError.list(present))"
        case .oneLabel(let path, let label):
            "\(path): expected at least two labels; every row has “\(label)”. Is data.label-column the right column?"
        case .tooManyLabels(let path, let count, let rows, let column, let limit):
            "\(path): expected at most \(limit) labels; found \(count) in \(rows) rows. Is “\(column)” the column of the labels?"
        case .fewerTextsThanLabels(let texts, let labels, let key):
            "\(key): expected one or more for each of the \(labels) labels; found \(texts)"
        case .seedsHeldOut(let path, let count, let hasHardCases):
            "\(path): expected texts that are not in the held-out data; found \(count) texts, all of them in it, so none can be shown to the teacher. Give it others, or set synthesis.seed-examples=0"
                + (hasHardCases ? " and synthesis.hard-cases=0: hard cases change the texts of that file" : "")
        case .nothingWritten(let labels):
            "expected texts of at least two labels; the teacher wrote \(labels.prefix(5).joined(separator: "; "))\(labels.count > 5 ? "; and so on for \(labels.count - 5) more labels" : ""). Describe the labels in synthesis.instruction, give texts of them in data.labelled, ask another teacher, or leave them out"
        case .nothingLeft(let dropped):
            "expected texts to train on; none are left. \(TextDataError.story(dropped))"
        case .oneLabelLeft(let label, let dropped):
            "expected texts of at least two labels; all that are left are “\(label)”. \(TextDataError.story(dropped))"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(8).map { "“\($0)”" }.joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }

    private static func story(_ dropped: [String]) -> String {
        dropped.isEmpty ? "Nothing was left out on the way" : "On the way: \(dropped.joined(separator: "; "))"
    }
}
