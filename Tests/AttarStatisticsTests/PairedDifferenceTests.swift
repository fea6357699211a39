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
        #expect(difference.accuracyInterval.lower == 0 && difference.accuracyInterval.upper == 0)
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

    /// Intervals of the difference of two equally accurate systems hold 0 about as often as they claim.
    @Test func intervalCoversNoDifference() throws {
        var held = 0
        for sample in 0..<300 {
            let (truth, first) = invented(rows: 250, classCount: 3, accuracy: 0.7, seed: UInt64(sample))
            var generator = SplitMix64(seed: UInt64(sample) &+ 10_000)
            let second = truth.map { generator.uniform() < 0.7 ? $0 : generator.below(3) }
            let difference = try #require(
                PairedDifference(truth: truth, first: first, second: second, classCount: 3, draws: 300, seed: 9))
            held += difference.accuracyInterval.contains(0) ? 1 : 0
        }
        #expect((273...298).contains(held), "\(held) of 300")
    }
}
