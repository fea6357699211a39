/// A confidence interval: the bounds and the share of repetitions in which such an interval holds the true figure.
package struct Interval: Codable, Hashable, Sendable {
    package let lower: Double
    package let upper: Double
    package let level: Double

    package init(lower: Double, upper: Double, level: Double) {
        precondition(lower <= upper, "the bounds of an interval must be in order")
        self.lower = lower
        self.upper = upper
        self.level = level
    }

    /// The percentile interval of repeated draws of a figure (Efron 1979), by the quantiles of ``quantile(_:of:)``.
    package init(percentilesOf draws: [Double], level: Double) {
        precondition(!draws.isEmpty, "an interval needs at least one draw")
        let sorted = draws.sorted()
        let tail = (1 - level) / 2
        self.init(
            lower: quantile(tail, ofSorted: sorted), upper: quantile(1 - tail, ofSorted: sorted), level: level)
    }

    /// The percentile interval whose bounds come from different draws, the lower ones not above the upper ones but for
    /// scatter; draws that are not a number are left out. Nil if none is left.
    init?(lowerDraws: [Double], upperDraws: [Double], level: Double) {
        let tail = (1 - level) / 2
        guard let lower = quantile(tail, of: lowerDraws.filter { !$0.isNaN }),
            let upper = quantile(1 - tail, of: upperDraws.filter { !$0.isNaN })
        else { return nil }
        self.init(lower: min(lower, upper), upper: max(lower, upper), level: level)
    }

    package func contains(_ value: Double) -> Bool {
        lower <= value && value <= upper
    }
}
