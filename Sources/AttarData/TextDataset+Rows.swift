extension TextRow {
    /// The name that a text keeps wherever it is listed: 16 hexadecimal digits of a hash of it.
    package var id: String { Self.id(of: text) }

    package static func id(of text: String) -> String {
        let digits = String(StableHash.hash(text, seed: 3), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension TextDataset {
    /// The names of all attributes that rows have, sorted.
    package var attributeNames: [String] { Set(rows.flatMap(\.attributes.keys)).sorted() }

    /// The right label of a row, or the one that its teachers hold likeliest; nil without either.
    package func label(of row: Int) -> Int? {
        rows[row].gold ?? teacherMean(of: row).flatMap(likeliest)
    }
}

/// The index of the highest probability, the first of equals.
func likeliest(_ probabilities: [Float]) -> Int? {
    probabilities.indices.max { (probabilities[$0], -$0) < (probabilities[$1], -$1) }
}
