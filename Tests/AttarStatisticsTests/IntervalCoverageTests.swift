import AttarStatistics
import Foundation
import Testing

/// How often intervals of figures other than rates hold the true figure, by drawing samples from a large population.
@Suite struct IntervalCoverageTests {
    /// Four classes of unequal size and two systems; the losses have a long tail.
    private struct Population {
        let truth: [Int]
        let first: [Int]
        let second: [Int]
        let losses: [Double]
        let scores: [Float]

        init(rows: Int, rate: Double, seed: UInt64) {
            var generator = SplitMix64(seed: seed)
            let truth = (0..<rows).map { _ in min(generator.below(4), generator.below(4)) }
            let answer = { (label: Int) in generator.uniform() < rate ? label : (label + 1 + generator.below(3)) % 4 }
            let first = truth.map(answer)
            second = truth.indices.map { generator.uniform() < 0.7 ? first[$0] : answer(truth[$0]) }
            losses = truth.indices.map { row in
                let share = generator.uniform()
                return first[row] == truth[row] ? -log(1 - 0.5 * share * share) : log(2) - 3 * log(max(1e-3, share))
            }
            let shift = normalQuantile(rate) * 2.0.squareRoot()
            scores = truth.map { Float(generator.normal() + ($0 == 0 ? shift : 0)) }
            self.truth = truth
            self.first = first
        }
    }

    @Test(arguments: [(200, 0.5), (200, 0.9), (1_000, 0.7), (1_000, 0.99)])
    func otherFigures(size: Int, rate: Double) throws {
        let population = Population(rows: 100_000, rate: rate, seed: UInt64(size) + UInt64(rate * 100))
        let macroF1 = { AttarStatistics.macroF1(truth: population.truth, predicted: $0, classCount: 4) }
        let right = { accuracy(truth: population.truth, predicted: $0) }
        let ranked = RankedScores(scores: population.scores, isPositive: population.truth.map { $0 == 0 })
        let truths: [String: Double] = [
            "macro-F1": macroF1(population.first), "mean loss": try #require(mean(population.losses)),
            "difference in accuracy": right(population.first) - right(population.second),
            "difference in macro-F1": macroF1(population.first) - macroF1(population.second),
            "quotient of accuracies": right(population.first) / right(population.second),
            "ROC area": try #require(ranked.rocArea), "average precision": try #require(ranked.averagePrecision),
        ]
        var generator = SplitMix64(seed: 99)
        var held: [String: Int] = [:]
        let samples = 400
        for sample in 0..<samples {
            let rows = (0..<size).map { _ in generator.below(population.truth.count) }
            let truth = rows.map { population.truth[$0] }
            let joint = JointBootstrap(
                truth: truth, predictions: [rows.map { population.first[$0] }, rows.map { population.second[$0] }],
                values: [[rows.map { population.losses[$0] }], []], pairs: [(0, 1)], classCount: 4, draws: 300,
                level: 0.95, resampling: .rows, seed: UInt64(sample))
            let ranked = RankedScores(scores: rows.map { population.scores[$0] }, isPositive: truth.map { $0 == 0 })
            let intervals = [
                "macro-F1": joint.systems[0].macroF1, "mean loss": joint.systems[0].means[0],
                "difference in accuracy": joint.pairs[0]?.accuracyInterval,
                "difference in macro-F1": joint.pairs[0]?.macroF1Interval,
                "quotient of accuracies": joint.pairs[0]?.accuracyRatioInterval,
                "ROC area": ranked.interval(under: .roc),
                "average precision": ranked.interval(under: .precisionRecall),
            ]
            for (name, interval) in intervals {
                held[name, default: 0] += interval?.contains(truths[name] ?? .nan) == true ? 1 : 0
            }
        }
        for (name, count) in held {
            // 95 % of 400 less three standard deviations.
            #expect(count >= 367, "\(name): \(count) of \(samples)")
        }
    }
}
