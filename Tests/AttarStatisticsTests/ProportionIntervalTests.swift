import AttarStatistics
import Testing

@Suite struct ProportionIntervalTests {
    @Test func intervalsAgreeWithSciPy() throws {
        for golden in try Goldens.load().proportions {
            let wilson = wilsonInterval(successes: golden.successes, trials: golden.trials, level: golden.level)
            let exact = clopperPearsonInterval(successes: golden.successes, trials: golden.trials, level: golden.level)
            let place = "\(golden.successes) of \(golden.trials) at \(golden.level)"
            #expect(isClose(wilson.lower, golden.wilson[0]) && isClose(wilson.upper, golden.wilson[1]), "\(place)")
            #expect(isClose(exact.lower, golden.exact[0]) && isClose(exact.upper, golden.exact[1]), "\(place)")
        }
    }

    @Test func nothingIsKnownWithoutTrials() {
        #expect(wilsonInterval(successes: 0, trials: 0) == Interval(lower: 0, upper: 1, level: 0.95))
        #expect(clopperPearsonInterval(successes: 0, trials: 0) == Interval(lower: 0, upper: 1, level: 0.95))
    }

    @Test func boundsTouchZeroAndOneOnlyWithoutSuccessesOrFailures() {
        for trials in [1, 2, 10, 1_000] {
            #expect(wilsonInterval(successes: 0, trials: trials).lower == 0)
            #expect(wilsonInterval(successes: trials, trials: trials).upper == 1)
            #expect(wilsonInterval(successes: 0, trials: trials).upper < 1)
            #expect(wilsonInterval(successes: trials, trials: trials).lower > 0)
        }
    }

    /// Coverage by summing the binomial distribution, so without the scatter of a simulation: 93–97 % where n·p·(1−p) ≥
    /// 5, at least 95 % elsewhere.
    @Test(arguments: [50, 100, 200, 500, 1_000, 2_000, 5_000]) func coverageOfRates(trials: Int) {
        let intervals = (0...trials).map { rateInterval(successes: $0, trials: trials) }
        for rate in [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] {
            let covered = coverage(of: intervals, rate: rate)
            let limits = isInside(trials, rate) ? 0.93...0.97 : 0.95...1
            #expect(limits.contains(covered), "\(covered) of \(rate) in \(trials)")
        }
    }

    /// At any rate: never below 93 %, and below 95 % only where n·p·(1−p) ≥ 5; the exact interval never.
    @Test(arguments: [5, 20, 50, 75, 100, 200, 500]) func coverageAtAnyRate(trials: Int) {
        let intervals = (0...trials).map { rateInterval(successes: $0, trials: trials) }
        let exact = (0...trials).map { clopperPearsonInterval(successes: $0, trials: trials) }
        for rate in stride(from: 0.003, to: 1, by: 0.007) {
            let covered = coverage(of: intervals, rate: rate)
            #expect(covered >= (isInside(trials, rate) ? 0.93 : 0.95), "\(covered) of \(rate) in \(trials)")
            #expect(coverage(of: exact, rate: rate) >= 0.95)
        }
    }

    private func isInside(_ trials: Int, _ rate: Double) -> Bool { Double(trials) * rate * (1 - rate) >= 5 }

    private func coverage(of intervals: [Interval], rate: Double) -> Double {
        intervals.indices.reduce(0) { sum, successes in
            guard intervals[successes].contains(rate) else { return sum }
            return sum + binomialProbability(successes: successes, trials: intervals.count - 1, rate: rate)
        }
    }
}
