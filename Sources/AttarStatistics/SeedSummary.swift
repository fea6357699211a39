/// A figure over several runs of one recipe that differ in their seed alone.
package struct SeedSummary: Hashable, Sendable {
    package let runs: Int
    package let mean: Double
    package let lowest: Double
    package let highest: Double
    /// The sample's, with n − 1; nil of a single run.
    package let standardDeviation: Double?
    /// Student's interval of the mean over seeds; nil of a single run. It tells what another seed would do to the mean,
    /// not what other held-out rows would.
    package let interval: Interval?

    /// Nil without values.
    package init?(_ values: [Double], level: Double = 0.95) {
        guard let lowest = values.min(), let highest = values.max(), let mean = AttarStatistics.mean(values) else {
            return nil
        }
        runs = values.count
        self.mean = mean
        self.lowest = lowest
        self.highest = highest
        guard values.count > 1 else {
            standardDeviation = nil
            interval = nil
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(runs - 1)).squareRoot()
        let half =
            studentQuantile(0.5 + level / 2, degreesOfFreedom: Double(runs - 1)) * deviation / Double(runs).squareRoot()
        standardDeviation = deviation
        interval = Interval(lower: mean - half, upper: mean + half, level: level)
    }
}
