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

    /// The share of 2,000 simulated samples whose interval holds the true rate: near 95 % for Wilson's where
    /// n·p·(1−p) ≥ 5, and never below for the exact one (less what 2,000 draws scatter).
    @Test(arguments: [50, 200, 1_000, 5_000], [0.5, 0.7, 0.9, 0.99])
    func coverage(trials: Int, rate: Double) {
        var generator = SplitMix64(seed: UInt64(trials) &* 1_000 &+ UInt64(rate * 100))
        var wilson = 0
        var exact = 0
        var intervals: [Int: (Interval, Interval)] = [:]
        for _ in 0..<2_000 {
            let successes = (0..<trials).reduce(0) { sum, _ in sum + (generator.uniform() < rate ? 1 : 0) }
            let pair =
                intervals[successes]
                ?? (
                    wilsonInterval(successes: successes, trials: trials),
                    clopperPearsonInterval(successes: successes, trials: trials)
                )
            intervals[successes] = pair
            wilson += pair.0.contains(rate) ? 1 : 0
            exact += pair.1.contains(rate) ? 1 : 0
        }
        if Double(trials) * rate * (1 - rate) >= 5 {
            #expect((1_860...1_940).contains(wilson), "Wilson's interval held the rate \(wilson) times of 2,000")
        }
        #expect(exact >= 1_880, "the exact interval held the rate \(exact) times of 2,000")
    }
}
