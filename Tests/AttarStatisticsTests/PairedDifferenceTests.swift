import AttarStatistics
import Testing

@Suite struct PairedDifferenceTests {
    @Test func mcNemarAgreesWithSciPy() throws {
        for golden in try Goldens.load().mcNemar {
            let probability = exactMcNemar(Int(golden[0]), Int(golden[1]))
            #expect(isRelativelyClose(probability, golden[2], tolerance: 1e-10), "\(golden)")
        }
    }

    @Test func equalSystemsDoNotDiffer() throws {
        let (truth, predicted) = invented(rows: 300, classCount: 5, accuracy: 0.6, seed: 1)
        let difference = try #require(
            PairedDifference(truth: truth, first: predicted, second: predicted, classCount: 5, seed: 2))
        #expect(difference.accuracy == 0 && difference.macroF1 == 0)
        #expect(difference.accuracyInterval.lower == -difference.accuracyInterval.upper)
        #expect(difference.accuracyInterval.upper < 0.01)
        #expect(difference.macroF1Interval.contains(0))
        #expect(difference.macroF1Interval.upper < 0.02 && difference.macroF1Interval.lower > -0.02)
        #expect(difference.accuracyRatio == 1)
        #expect(difference.mcNemarProbability == 1)
        #expect(difference.onlyFirstCorrect == 0 && difference.onlySecondCorrect == 0)
    }

    @Test func exchangingTheSystemsTurnsTheSign() throws {
        let (truth, first) = invented(rows: 400, classCount: 3, accuracy: 0.9, seed: 3)
        let second = invented(rows: 400, classCount: 3, accuracy: 0.4, seed: 3).predicted
        let one = try #require(PairedDifference(truth: truth, first: first, second: second, classCount: 3, seed: 4))
        let other = try #require(PairedDifference(truth: truth, first: second, second: first, classCount: 3, seed: 4))
        #expect(one.accuracy == -other.accuracy)
        #expect(isClose(one.accuracyInterval.lower, -other.accuracyInterval.upper))
        #expect(one.onlyFirstCorrect == other.onlySecondCorrect)
        #expect(one.mcNemarProbability == other.mcNemarProbability)
        #expect(one.accuracyInterval.lower > 0)
    }

    @Test func neverRightAndNoRows() throws {
        let never = try #require(
            PairedDifference(truth: [0, 1], first: [0, 1], second: [1, 0], classCount: 2, draws: 50, seed: 1))
        #expect(never.accuracy == 1)
        #expect(never.accuracyRatio == nil)
        #expect(PairedDifference(truth: [], first: [], second: [], classCount: 2, seed: 1) == nil)
    }

    /// Both intervals by formula, of samples of which all is known: their coverage without the scatter of a simulation.
    @Test(arguments: [(50, 0.1, 0.05), (50, 0.02, 0.01), (200, 0.05, 0.05), (200, 0.01, 0.002), (1_000, 0.03, 0.02)])
    func coverageOfPairedIntervals(rows: Int, onlyFirst: Double, onlySecond: Double) {
        let both = 0.8
        var difference = 0.0
        var ratio = 0.0
        for one in 0...min(rows, 120) {
            let chance = binomialProbability(successes: one, trials: rows, rate: onlyFirst)
            for other in 0...min(rows - one, 120) where chance > 1e-12 {
                let given = binomialProbability(
                    successes: other, trials: rows - one, rate: onlySecond / (1 - onlyFirst))
                guard given > 1e-12 else { continue }
                let interval = pairedDifferenceInterval(onlyFirst: one, onlySecond: other, rows: rows)
                difference += interval.contains(onlyFirst - onlySecond) ? chance * given : 0
                // Rows both got right vary little beside those that only one did.
                let shared = Int((both / (1 - onlyFirst - onlySecond) * Double(rows - one - other)).rounded())
                let quotient = pairedRatioInterval(both: shared, onlyFirst: one, onlySecond: other)
                ratio += quotient.contains((both + onlyFirst) / (both + onlySecond)) ? chance * given : 0
            }
        }
        #expect(difference > 0.94, "\(difference)")
        #expect(ratio > 0.94, "\(ratio)")
    }

    @Test func pairedIntervalsHoldTheFigureAndStayWithinItsLimits() {
        for (both, one, other, neither) in [(0, 3, 0, 0), (0, 0, 1, 0), (40, 0, 0, 2), (0, 0, 0, 5), (7, 90, 3, 0)] {
            let rows = both + one + other + neither
            let interval = pairedDifferenceInterval(onlyFirst: one, onlySecond: other, rows: rows)
            #expect(interval.contains(Double(one - other) / Double(rows)))
            #expect(interval.lower >= -1 && interval.upper <= 1)
            guard both + other > 0 else { continue }
            let quotient = pairedRatioInterval(both: both, onlyFirst: one, onlySecond: other)
            #expect(quotient.contains(Double(both + one) / Double(both + other)) && quotient.lower >= 0)
        }
    }
}
