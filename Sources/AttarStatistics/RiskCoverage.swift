/// What answering only the surest rows costs: for each threshold the share answered, and the share of those that is wrong
/// (El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification").
package struct RiskCoverageCurve: Sendable, Hashable {
    /// All rows with a score of `threshold` or more are answered.
    package struct Point: Codable, Hashable, Sendable {
        package let threshold: Double
        package let rows: Int
        package let answered: Int
        package let wrong: Int

        package init(threshold: Double, rows: Int, answered: Int, wrong: Int) {
            self.threshold = threshold
            self.rows = rows
            self.answered = answered
            self.wrong = wrong
        }

        /// The share of rows that is answered.
        package var coverage: Double { ratio(answered, rows) }
        /// The share of the answered rows that is wrong.
        package var risk: Double { ratio(wrong, answered) }

        /// The exact interval of the risk, for this one threshold by itself.
        package func riskInterval(level: Double = 0.95) -> Interval {
            clopperPearsonInterval(successes: wrong, trials: answered, level: level)
        }
    }

    /// From the surest rows to all; rows of equal scores come in together.
    package let points: [Point]

    /// - Parameters:
    ///   - scores: the larger, the surer.
    ///   - correct: whether a row's answer is right.
    package init(scores: [Double], correct: [Bool]) {
        precondition(scores.count == correct.count, "each row has a score and is right or wrong")
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        var points: [Point] = []
        var wrong = 0
        for (place, row) in order.enumerated() {
            if !correct[row] { wrong += 1 }
            guard place + 1 == order.count || scores[order[place + 1]] < scores[row] else { continue }
            points.append(Point(threshold: scores[row], rows: order.count, answered: place + 1, wrong: wrong))
        }
        self.points = points
    }

    /// The mean risk over all coverages (Geifman, Uziel and El-Yaniv 2019, "AURC"): small where what is wrong has small
    /// scores. Nil without rows.
    package var area: Double? {
        guard let last = points.last else { return nil }
        var (sum, before) = (0.0, 0)
        for point in points {
            sum += point.risk * Double(point.answered - before)
            before = point.answered
        }
        return sum / Double(last.rows)
    }

    /// The most rows that can be answered with at least this share right, by a threshold that knows these very rows; nil where
    /// none does.
    package func oracle(accuracy: Double) -> Point? {
        points.last { Double($0.answered - $0.wrong) >= accuracy * Double($0.answered) }
    }

    /// At most `count` points, evenly by coverage, the last one among them: enough to draw.
    package func thinned(to count: Int) -> [Point] {
        guard points.count > count, count > 0 else { return points }
        return (1...count).map { points[$0 * points.count / count - 1] }
    }
}
