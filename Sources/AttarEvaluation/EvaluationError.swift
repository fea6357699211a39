/// Why an evaluation or a stored report was refused.
package enum EvaluationError: Error, Equatable {
    case noRows
    case noLabels
    case noStudent
    case duplicateSystem(name: String)
    case labelOutOfRange(row: Int, label: Int, labelCount: Int)
    case wrongCount(of: String, expected: Int, found: Int)
    case notProbabilities(system: String, row: Int)
    case invalidOption(name: String, value: String, expected: String)
    case unreadableReport(detail: String)
    case unreadableAnswers(path: String)
    case otherHeldOutRows(first: String, second: String)
    case otherLabels(first: String, second: String)
    case unknownSchema(found: Int, known: Int)
}

extension EvaluationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRows:
            "the held-out data has no rows: evaluation needs at least one. Is the file of `data.held-out` the right one?"
        case .noLabels:
            "evaluation needs at least one label, found none"
        case .noStudent:
            "evaluation needs the answers of a student (float, quantized or deployed), found none"
        case .duplicateSystem(let name):
            "two systems are called \(name): each needs a name of its own"
        case .labelOutOfRange(let row, let label, let labelCount):
            "held-out row \(row + 1): label number \(label), expected 0 to \(labelCount - 1). "
                + "Was the held-out data read with the labels of the model?"
        case .wrongCount(let thing, let expected, let found):
            "\(thing): expected \(expected), found \(found)"
        case .notProbabilities(let system, let row):
            "\(system), held-out row \(row + 1): expected probabilities of 0 or more that sum to 1 "
                + "(or no answer: all NaN), found something else"
        case .invalidOption(let name, let value, let expected):
            "evaluation option \(name): expected \(expected), found \(value)"
        case .unreadableReport(let detail):
            "not a report.json of attar: \(detail)"
        case .unreadableAnswers(let path):
            "\(path): expected the answers to held-out rows that an evaluation keeps; found something else. Run the recipe again"
        case .otherHeldOutRows(let first, let second):
            "\(first) and \(second) were evaluated on different held-out files: only answers to the same rows can be compared. "
                + "Evaluate both on one file"
        case .otherLabels(let first, let second):
            "\(first) and \(second) have different labels, or order them otherwise: their answers cannot be compared"
        case .unknownSchema(let found, let known):
            "the report has schema \(found), this version reads \(known). Run the evaluation again with this version"
        }
    }
}
