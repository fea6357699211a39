/// What the teacher says about one text.
package struct LabelAnswer: Sendable, Hashable {
    /// Probability of each label given that the answer is a label; sums to 1. All NaN without an answer.
    package var probabilities: [Double]
    /// Probability that the teacher gave to anything that names no label, or several. 1 without an answer.
    package var massOutside: Double

    /// Whether the teacher named a label at all. A text without content is not sent and has no answer either.
    package var isAnswered: Bool { probabilities.first.map { !$0.isNaN } ?? false }

    package static func none(labels count: Int) -> LabelAnswer {
        LabelAnswer(probabilities: Array(repeating: .nan, count: count), massOutside: 1)
    }

    package init(probabilities: [Double], massOutside: Double) {
        self.probabilities = probabilities
        self.massOutside = massOutside
    }

    /// From the answers that named each label, out of `total`: the mean of the posterior under a symmetric Dirichlet
    /// prior, (cₗ + c/K) / (Σc + c) for K labels and a prior that weighs as much as `concentration` answers c.
    package init(counts: [Int], total: Int, concentration: Double) {
        let named = counts.reduce(0, +)
        guard named > 0 else {
            self = .none(labels: counts.count)
            return
        }
        let share = concentration / Double(counts.count)
        self.init(
            probabilities: counts.map { (Double($0) + share) / (Double(named) + concentration) },
            massOutside: Double(total - named) / Double(total))
    }

    /// The answer among `candidates` as one over all labels; the others share `outsideShare` evenly.
    func spread(over count: Int, candidates: [Int], outsideShare: Double) -> LabelAnswer {
        guard isAnswered else {
            return LabelAnswer(probabilities: .init(repeating: .nan, count: count), massOutside: 1)
        }
        guard candidates.count < count else {
            var ordered = probabilities
            for (position, label) in candidates.enumerated() { ordered[label] = probabilities[position] }
            return LabelAnswer(probabilities: ordered, massOutside: massOutside)
        }
        let floor = outsideShare / Double(count - candidates.count)
        var whole = [Double](repeating: floor, count: count)
        for (position, label) in candidates.enumerated() { whole[label] = probabilities[position] * (1 - outsideShare) }
        return LabelAnswer(probabilities: whole, massOutside: massOutside)
    }
}
