import AttarStatistics
import Foundation

/// How a model answers texts such as it was made for: what drift is measured against. Stored in the model file; from it
/// no text and no row can be told.
package struct ReferenceStatistics: Codable, Equatable, Sendable {
    package let rows: Int
    /// The confidence below which 0, 1, … 100 hundredths of the rows lie.
    package let confidencePercentiles: [Double]
    /// Share of each answered label.
    package let labelShares: [Double]
    /// Mean share of a text's n-grams that training never saw; nil where the file does not know them.
    package let newVocabulary: Double?
    /// Share of rows that the cascade leaves to the teacher; nil without a cascade.
    package let belowThreshold: Double?

    /// Nil without rows.
    package init?(_ answers: TrafficAnswers, labelCount: Int) {
        guard !answers.confidences.isEmpty else { return nil }
        let sorted = answers.confidences.sorted()
        rows = sorted.count
        // Four digits are enough for shares of rows, and keep the file small.
        confidencePercentiles = (0...100).map { storedConfidence(quantile(Double($0) / 100, ofSorted: sorted)) }
        labelShares = answers.counts(labelCount: labelCount).map {
            rounded(Double($0) / Double(answers.answers.count), digits: 4)
        }
        newVocabulary = answers.newVocabulary.map { rounded($0, digits: 4) }
        belowThreshold = answers.belowThreshold.map { rounded($0, digits: 4) }
    }

    private enum CodingKeys: String, CodingKey {
        case rows
        case confidencePercentiles = "confidence-percentiles"
        case labelShares = "label-shares"
        case newVocabulary = "new-vocabulary"
        case belowThreshold = "below-threshold"
    }

    /// The statistics in the metadata of a model file; nil where it has none that can be used.
    package init?(metadata: String, labelCount: Int) {
        struct Metadata: Decodable { let reference: ReferenceStatistics? }
        guard let found = try? JSONDecoder().decode(Metadata.self, from: Data(metadata.utf8)).reference, found.rows > 0,
            found.confidencePercentiles.count == 101, found.labelShares.count == labelCount,
            zip(found.confidencePercentiles, found.confidencePercentiles.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        self = found
    }
}

/// What a model says of texts without labels.
package struct TrafficAnswers: Sendable {
    package var confidences: [Double] = []
    package var answers: [Int] = []
    /// Mean share of a text's n-grams that training never saw; nil where the file does not know them.
    package var newVocabulary: Double?
    /// Share of the rows that the cascade leaves to the teacher; nil without a cascade.
    package var belowThreshold: Double?

    package init(
        confidences: [Double], answers: [Int], newVocabulary: Double? = nil, belowThreshold: Double? = nil
    ) {
        self.confidences = confidences
        self.answers = answers
        self.newVocabulary = newVocabulary
        self.belowThreshold = belowThreshold
    }

    /// Adds what was said of further texts.
    package mutating func append(_ others: TrafficAnswers) {
        let (own, new) = (Double(answers.count), Double(others.answers.count))
        func mean(_ one: Double?, _ other: Double?) -> Double? {
            if own == 0 { return other }
            if new == 0 { return one }
            return one.flatMap { one in other.map { (one * own + $0 * new) / (own + new) } }
        }
        newVocabulary = mean(newVocabulary, others.newVocabulary)
        belowThreshold = mean(belowThreshold, others.belowThreshold)
        confidences += others.confidences
        answers += others.answers
    }

    /// Rows given each label.
    func counts(labelCount: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: labelCount)
        for answer in answers { counts[answer] += 1 }
        return counts
    }
}

/// To the digits that confidences are stored with: where most are nearly 1, the digits after these would be a shift.
func storedConfidence(_ value: Double) -> Double { rounded(value, digits: 4) }

private func rounded(_ value: Double, digits: Int) -> Double {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return (value * scale).rounded() / scale
}
