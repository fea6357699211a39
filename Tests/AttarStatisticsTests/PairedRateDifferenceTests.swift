import AttarStatistics
import Foundation
import Testing

@Suite struct PairedRateDifferenceTests {
    /// The exact share of samples whose interval holds the true difference, over all counts of discordant rows.
    private func coverage(rows: Int, onlyFirst: Double, onlySecond: Double) -> Double {
        let neither = 1 - onlyFirst - onlySecond
        var covered = 0.0
        for first in 0...rows {
            for second in 0...(rows - first) {
                let interval = pairedRateDifference(onlyFirst: first, onlySecond: second, trials: rows)
                guard interval.contains(onlyFirst - onlySecond) else { continue }
                let rest = rows - first - second
                covered += exp(
                    logGamma(Double(rows + 1)) - logGamma(Double(first + 1)) - logGamma(Double(second + 1))
                        - logGamma(Double(rest + 1)) + Double(first) * log(onlyFirst)
                        + Double(second) * log(onlySecond) + Double(rest) * log(neither))
            }
        }
        return covered
    }

    @Test(
        "The interval covers about as often as it says",
        arguments: [50, 150, 400], [(0.1, 0.05), (0.03, 0.03), (0.2, 0.02), (0.05, 0.15)])
    func covers(rows: Int, rates: (Double, Double)) {
        let covered = coverage(rows: rows, onlyFirst: rates.0, onlySecond: rates.1)
        // With few discordant rows it is wider than it must be, never narrower.
        let isSparse = Double(rows) * (rates.0 + rates.1) < 5
        #expect(covered >= 0.93 && (isSparse || covered <= 0.99), "\(covered)")
    }

    @Test func withoutDiscordantRowsItHoldsZero() {
        let interval = pairedRateDifference(onlyFirst: 0, onlySecond: 0, trials: 100)
        #expect(interval.contains(0) && interval.upper < 0.02)
        #expect(
            pairedRateDifference(onlyFirst: 0, onlySecond: 0, trials: 0) == Interval(lower: -1, upper: 1, level: 0.95))
    }
}
