import AttarStatistics
import Foundation

/// Makes a teacher's probabilities mean what they say: its lean towards some labels is divided out, then a temperature
/// takes away its over- or underconfidence.
package struct LabelCalibration: Sendable, Hashable, Codable {
    /// 1 where there were too few gold rows to tell.
    package let temperature: Double
    /// Gold rows that it was fitted on.
    package let rows: Int
    /// Calibration error on the gold rows, before and after. What is “after” for one half of the rows was fitted on the
    /// other half. Nil without enough rows.
    package let errorBefore: Double?
    package let errorAfter: Double?

    package static let none = LabelCalibration(temperature: 1, rows: 0, errorBefore: nil, errorAfter: nil)

    /// Fewer rows than this say too little about a temperature.
    package static let leastRows = 20
    /// Bins of the calibration error: few, since the rows are few.
    private static let bins = 5
    /// One row can send the likelihood to an end; no teacher is that far off.
    private static let bounds = 0.2...10.0

    private init(temperature: Double, rows: Int, errorBefore: Double?, errorAfter: Double?) {
        self.temperature = temperature
        self.rows = rows
        self.errorBefore = errorBefore
        self.errorAfter = errorAfter
    }

    /// The temperature with the least log-loss on rows with right labels (Guo et al. 2017, §4.2).
    ///
    /// - Parameters:
    ///   - probabilities: rows × labels; rows that hold a NaN are left out.
    ///   - gold: the right label of each row.
    ///   - leastRows: with fewer rows the temperature stays 1.
    package init(fitting probabilities: [[Double]], gold: [Int], leastRows: Int = Self.leastRows) {
        let answered = zip(probabilities, gold).filter { $0.0.allSatisfy(\.isFinite) }
        guard answered.count >= max(leastRows, 1) else {
            self = .none
            return
        }
        let halves = [0, 1].map { half in answered.indices.filter { Self.half(of: $0) == half }.map { answered[$0] } }
        var before: [(confidence: Double, isRight: Bool)] = []
        var after: [(confidence: Double, isRight: Bool)] = []
        for (fitted, judged) in [(halves[0], halves[1]), (halves[1], halves[0])] {
            let temperature = Self.temperature(of: fitted)
            before += judged.map { Self.outcome($0.0, gold: $0.1) }
            after += judged.map { Self.outcome(softened($0.0, temperature: temperature), gold: $0.1) }
        }
        self.init(
            temperature: Self.temperature(of: answered), rows: answered.count, errorBefore: Self.error(before),
            errorAfter: Self.error(after))
    }

    /// The half, 0 or 1, that a row is in: by chance, since rows may stand in an order of labels.
    static func half(of row: Int) -> Int {
        var random = SplitMix64(seed: UInt64(row))
        return Int(random.next() & 1)
    }

    private static func temperature(of rows: [([Double], Int)]) -> Double {
        let logits = rows.flatMap { row in row.0.map { Float(log(max($0, leastProbability))) } }
        return fitTemperature(logits: logits, truth: rows.map(\.1), classCount: rows[0].0.count, bounds: bounds)
            .temperature
    }

    private static func outcome(_ row: [Double], gold: Int) -> (confidence: Double, isRight: Bool) {
        let best = likeliestLabel(row) ?? 0
        return (row[best], best == gold)
    }

    private static func error(_ outcomes: [(confidence: Double, isRight: Bool)]) -> Double? {
        expectedCalibrationError(
            reliabilityCurve(
                confidences: outcomes.map(\.confidence), correct: outcomes.map(\.isRight), bins: bins))
    }

    /// p^(1/T), renormalised. A row that holds a NaN stays as it is.
    package func applied(to row: [Double]) -> [Double] { softened(row, temperature: temperature) }
}

/// p^(1/T), renormalised. A row that holds a NaN stays as it is.
private func softened(_ row: [Double], temperature: Double) -> [Double] {
    guard temperature != 1, row.allSatisfy(\.isFinite) else { return row }
    let powers = row.map { pow(max($0, leastProbability), 1 / temperature) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
}

/// The label with the largest probability, the first of equals; nil for a row without an answer.
package func likeliestLabel(_ row: [Double]) -> Int? {
    guard row.allSatisfy({ !$0.isNaN }) else { return nil }
    return row.indices.max { (row[$0], -$0) < (row[$1], -$1) }
}
