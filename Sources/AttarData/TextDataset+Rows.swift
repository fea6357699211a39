extension TextRow {
    /// The name that a text keeps wherever it is listed: 16 hexadecimal digits of a hash of it.
    package var id: String { Self.id(of: text) }

    package static func id(of text: String) -> String {
        let digits = String(StableHash.hash(text, seed: 3), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension TextDataset {
    /// Some of the rows, in the order given, with all that is known about them.
    package func keeping(_ indices: [Int]) -> TextDataset {
        var result = self
        result.rows = indices.map { rows[$0] }
        for teacher in teachers.indices {
            result.teachers[teacher].probabilities = indices.flatMap {
                teachers[teacher].probabilities[$0 * labels.count..<($0 + 1) * labels.count]
            }
        }
        return result
    }

    /// The right label of a row, or the likeliest one of the first teacher that answered; nil without either.
    package func label(of row: Int) -> Int? {
        rows[row].gold ?? teachers.indices.lazy.compactMap { likeliestLabel(teacher: $0, row: row) }.first
    }

    /// The first of the labels that a teacher holds most probable.
    package func likeliestLabel(teacher: Int, row: Int) -> Int? {
        guard let answer = probabilities(teacher: teacher, row: row) else { return nil }
        let best = answer.indices.max { (answer[$0], -$0) < (answer[$1], -$1) }
        return best.map { $0 - answer.startIndex }
    }
}
