import AttarStatistics
import Foundation

/// What came of one candidate on the rows it was judged on.
package struct LabelTrial: Sendable {
    package let candidate: LabelCandidate
    package let method: LabelMethod
    /// Probabilities as the teacher gave them, one row a text.
    let raw: [[Double]]
    package let gold: [Int]
    /// Tokens and calls of the answers, whoever paid for them.
    package let usage: TokenUsage
    package let calls: Int
    package let massOutside: Double

    package var rows: Int { gold.count }

    /// Figures with the prior divided out, or without; whichever has the lower log-loss.
    package let best: Figures

    /// Figures of the probabilities as they came, or with the prior divided out.
    package func figures(dividesPrior: Bool) -> Figures { Figures(raw, gold, dividesPrior: dividesPrior, fits: false) }

    init(
        candidate: LabelCandidate, method: LabelMethod, raw: [[Double]], gold: [Int], usage: TokenUsage, calls: Int,
        massOutside: Double
    ) {
        self.candidate = candidate
        self.method = method
        self.raw = raw
        self.gold = gold
        self.usage = usage
        self.calls = calls
        self.massOutside = massOutside
        let plain = Figures(raw, gold, dividesPrior: false, fits: true)
        let divided = Figures(raw, gold, dividesPrior: true, fits: true)
        best = divided.logLoss < plain.logLoss ? divided : plain
    }

    package struct Figures: Sendable {
        package let dividesPrior: Bool
        package let temperature: Double
        /// The likeliest label of each row; nil without an answer.
        package let answers: [Int?]
        package let accuracy: Double
        /// Wilson's, 95 %.
        package let accuracyInterval: Interval
        package let calibrationError: Double
        /// Percentiles of a bootstrap over the rows, 95 %.
        package let calibrationInterval: Interval
        /// Nats a row, after the temperature that suits these rows best: what candidates are ranked by. A row without an
        /// answer counts as one of equal probabilities.
        package let logLoss: Double

        private static let bins = 5
        /// Rows that a temperature is fitted on to rank candidates: all are helped alike.
        private static let leastRows = 4

        init(_ raw: [[Double]], _ gold: [Int], dividesPrior: Bool, fits: Bool) {
            let labels = raw.first?.count ?? 1
            let shares = (0..<labels).map { label in
                (Double(gold.count { $0 == label }) + 0.5) / (Double(gold.count) + 0.5 * Double(labels))
            }
            let prior = LabelPrior(of: raw, labels: labels)
            let rows = dividesPrior ? raw.map { prior.corrected($0, shares: shares) } : raw
            let fitted = fits ? LabelCalibration(fitting: rows, gold: gold, leastRows: Self.leastRows) : .none
            let uniform = log(Double(labels))
            logLoss =
                zip(rows, gold).reduce(0) { sum, pair in
                    let row = fitted.applied(to: pair.0)
                    return sum + (row[pair.1].isNaN ? uniform : -log(max(row[pair.1], leastProbability)))
                } / Double(max(gold.count, 1))
            self.dividesPrior = dividesPrior
            temperature = fitted.temperature

            answers = rows.map(likeliestLabel)
            let isRight = zip(answers, gold).map { $0 == $1 }
            let correct = isRight.count { $0 }
            accuracy = gold.isEmpty ? 0 : Double(correct) / Double(gold.count)
            accuracyInterval = wilsonInterval(successes: correct, trials: gold.count)
            let judged = fits ? Self.crossFitted(rows, gold) : rows
            let confidences = zip(judged, answers).map { row, answer in answer.map { row[$0] } ?? 0 }
            let curve = reliabilityCurve(confidences: confidences, correct: isRight, bins: Self.bins)
            calibrationError = expectedCalibrationError(curve) ?? 0
            calibrationInterval =
                calibrationErrorInterval(curve, seed: 1) ?? Interval(lower: 0, upper: 1, level: 0.95)
        }

        /// Each half of the rows with the temperature of the other half.
        private static func crossFitted(_ rows: [[Double]], _ gold: [Int]) -> [[Double]] {
            var judged = rows
            for half in [0, 1] {
                let others = rows.indices.filter { LabelCalibration.half(of: $0) != half }
                let calibration = LabelCalibration(
                    fitting: others.map { rows[$0] }, gold: others.map { gold[$0] }, leastRows: leastRows)
                for index in rows.indices where LabelCalibration.half(of: index) == half {
                    judged[index] = calibration.applied(to: rows[index])
                }
            }
            return judged
        }
    }

    /// The cost of 1,000 labels at these prices for a million tokens; nil without prices.
    package func costPerThousand(inputPrice: Double?, outputPrice: Double?) -> Double? {
        guard rows > 0, inputPrice != nil || outputPrice != nil else { return nil }
        let paid = Double(usage.input) * (inputPrice ?? 0) + Double(usage.output) * (outputPrice ?? 0)
        return paid / 1e6 * 1000 / Double(rows)
    }

    package var tokensPerThousand: Int { rows > 0 ? (usage.input + usage.output) * 1000 / rows : 0 }
}
