/// A row that a person is asked about, with what speaks for a look at it.
package struct ReviewItem: Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        /// Drawn by chance, so that a review also tells how good the rest is.
        case random
        /// The likeliest label is hardly likelier than the next.
        case unsure(probability: Float)
        /// Its label is not the one that the teacher, or the one that the student, holds likeliest.
        case teacherDisagrees(label: Int, probability: Float)
        case studentDisagrees(label: Int, probability: Float)
        /// It was asked for another label than it has.
        case askedForOther(label: Int)
        /// One of several that nearly copy each other, in all with these labels.
        case nearCopies(count: Int, labels: [Int])
        /// Its words are those of another label.
        case outlier(label: Int)
    }

    /// Index of the row in the dataset.
    package let row: Int
    package let id: String
    package let reasons: [Reason]
    /// How much speaks for a look, in no unit: the sum of what the reasons weigh.
    package let suspicion: Double
}

extension ReviewItem.Reason {
    /// From 0 to 1.
    var weight: Double {
        switch self {
        case .random: 0
        case .unsure(let probability): Double(1 - probability)
        case .teacherDisagrees(_, let probability), .studentDisagrees(_, let probability): Double(probability)
        case .askedForOther: 0.5
        case .nearCopies(_, let labels): labels.count > 1 ? 0.8 : 0.1
        case .outlier: 0.3
        }
    }

    /// For a person; `labels` are the names of the dataset's labels.
    package func text(_ labels: [String]) -> String {
        func percent(_ share: Float) -> String { "\(Int((share * 100).rounded())) %" }
        switch self {
        case .random: return "drawn by chance"
        case .unsure(let probability): return "the teacher is \(percent(probability)) sure"
        case .teacherDisagrees(let label, let probability):
            return "the teacher says \(labels[label]) (\(percent(probability)))"
        case .studentDisagrees(let label, let probability):
            return "the student says \(labels[label]) (\(percent(probability)))"
        case .askedForOther(let label): return "written for \(labels[label])"
        case .nearCopies(let count, let found):
            let names = found.map { labels[$0] }.joined(separator: ", ")
            return "one of \(count) near copies" + (found.count > 1 ? ", labelled \(names)" : "")
        case .outlier(let label): return "its words are those of \(labels[label])"
        }
    }
}
