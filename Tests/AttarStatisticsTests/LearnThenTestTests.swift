import AttarStatistics
import Foundation
import Testing

@Suite struct LearnThenTestTests {
    @Test(arguments: [
        (0, 60, 0.05), (3, 100, 0.1), (40, 1000, 0.05), (900, 20_000, 0.05), (7, 7, 0.3), (12, 5000, 0.9),
    ])
    func binomialTailAgreesWithTheIncompleteBetaFunction(_ successes: Int, _ trials: Int, _ rate: Double) {
        // P(X ≤ k) = I₁₋ₚ(n − k, k + 1) (Abramowitz and Stegun 1964, 26.5.24).
        let expected =
            successes >= trials ? 1 : incompleteBeta(1 - rate, Double(trials - successes), Double(successes + 1))
        let found = binomialTail(atMost: successes, trials: trials, rate: rate)
        #expect(abs(found - expected) <= 1e-10 * expected + 1e-300)
    }

    @Test func leastRowsAreThoseOfZeroMistakes() {
        #expect(leastRows(target: 0.95, error: 0.05) == 59)
        #expect(leastRows(target: 0.5, error: 0.5) == 1)
        #expect(leastRows(target: 1, error: 0.05) == nil)
        for target in [0.6, 0.9, 0.98] {
            let least = leastRows(target: target, error: 0.05) ?? 0
            #expect(binomialTail(atMost: 0, trials: least, rate: 1 - target) <= 0.05)
            #expect(binomialTail(atMost: 0, trials: least - 1, rate: 1 - target) > 0.05)
        }
    }

    /// Rows whose chance of being right rises with their score: 1 − (1 − s)² / 2, from 0.5 to 1. A share 1 − s is above s, and
    /// of those 1 − (1 − s)² / 6 are right.
    private static func rows(_ count: Int, _ generator: inout SplitMix64) -> (scores: [Double], correct: [Bool]) {
        let scores = (0..<count).map { _ in generator.uniform() }
        return (scores, scores.map { generator.uniform() < 1 - (1 - $0) * (1 - $0) / 2 })
    }

    @Test(arguments: [(0.9, 400), (0.95, 400), (0.95, 2000), (0.98, 2000)])
    func theTargetIsMissedNoMoreOftenThanAllowed(_ target: Double, _ count: Int) {
        var generator = SplitMix64(seed: 2)
        var (missed, coverage, uncorrected) = (0, 0.0, 0.0)
        let draws = 300
        for _ in 0..<draws {
            let design = Self.rows(count, &generator)
            let tested = Self.rows(count, &generator)
            let grid = ThresholdGrid(
                scores: design.scores, correct: design.correct, rows: count, target: target, error: 0.05)
            let fit = learnThenTest(
                scores: tested.scores, correct: tested.correct, grid: grid, target: target, error: 0.05)
            // What one could have if the boldest threshold that passes by itself were taken: no guarantee comes with it.
            let points = RiskCoverageCurve(scores: tested.scores, correct: tested.correct).points
            let boldest = grid.thresholds.last { threshold in
                let above = points.last { $0.threshold >= threshold }
                return binomialTail(atMost: above?.wrong ?? 0, trials: above?.answered ?? 0, rate: 1 - target) <= 0.05
            }
            uncorrected += boldest.map { 1 - $0 } ?? 0
            guard let threshold = fit.threshold else { continue }
            coverage += 1 - threshold
            if 1 - (1 - threshold) * (1 - threshold) / 6 < target { missed += 1 }
        }
        // Three standard errors of 300 draws above 5 %.
        #expect(missed <= 26)
        #expect(coverage <= uncorrected && coverage > 0.6 * uncorrected)
    }

    @Test func whereTheTargetIsOutOfReachNothingIsAnswered() {
        var generator = SplitMix64(seed: 3)
        let scores = (0..<500).map { _ in generator.uniform() }
        let correct = scores.map { _ in generator.uniform() < 0.6 }
        let grid = ThresholdGrid(scores: scores, correct: correct, rows: 500, target: 0.95, error: 0.05)
        let fit = learnThenTest(scores: scores, correct: correct, grid: grid, target: 0.95, error: 0.05)
        #expect(fit.threshold == nil && fit.answered == 0 && fit.rows == 500)
    }

    @Test func rowsThatAreNotToBeAnsweredNeverAre() {
        let scores: [Double] = (0..<400).map { (row: Int) -> Double in row % 2 == 0 ? -1 : 0.5 + Double(row) / 1000 }
        let correct = scores.map { $0 >= 0 }
        let grid = ThresholdGrid(scores: scores, correct: correct, rows: 400, target: 0.9, error: 0.05)
        #expect(grid.thresholds.allSatisfy { $0 >= 0 })
        let fit = learnThenTest(scores: scores, correct: correct, grid: grid, target: 0.9, error: 0.05)
        #expect(fit.answered == 200 && fit.correct == 200)
    }

    @Test func degenerateRowsMakeAGrid() {
        for (scores, correct) in [([], []), ([0.5], [true]), ([0.7, 0.7, 0.7], [true, false, true])] {
            let grid = ThresholdGrid(scores: scores, correct: correct, rows: 10, target: 0.9, error: 0.05)
            #expect(abs(grid.shares.reduce(0, +) - 1) < 1e-12)
            #expect(grid.thresholds == grid.thresholds.sorted(by: >))
            let fit = learnThenTest(scores: scores, correct: correct, grid: grid, target: 0.9, error: 0.05)
            #expect(fit.threshold == nil)
        }
        let sure = [Double](repeating: 1, count: 100)
        let grid = ThresholdGrid(scores: sure, correct: sure.map { _ in true }, rows: 100, target: 0.9, error: 0.05)
        let fit = learnThenTest(scores: sure, correct: sure.map { _ in true }, grid: grid, target: 0.9, error: 0.05)
        #expect(fit.answered == 100)
    }

    @Test func labelsWithFewRowsShareAThreshold() {
        var generator = SplitMix64(seed: 8)
        // Label 0 is frequent and easy, 1 frequent and hopeless, 2…9 rare and easy.
        func draw(_ count: Int) -> ScoredRows {
            let labels = (0..<count).map { _ in [0, 0, 1, 2 + generator.below(8)][generator.below(4)] }
            return ScoredRows(
                scores: labels.map { _ in generator.uniform() },
                correct: labels.map { generator.uniform() < ($0 == 1 ? 0.5 : 0.995) }, labels: labels)
        }
        let (tested, design) = (draw(1000), draw(1000))
        let groups = learnThenTestByLabel(tested, design: design, labelCount: 10, target: 0.9, error: 0.05)
        #expect(groups.flatMap(\.labels).sorted() == Array(0..<10))
        #expect(groups.map(\.labels).prefix(2) == [[0], [1]])
        #expect(groups[0].fit.threshold != nil && groups[1].fit.threshold == nil)
        #expect(groups.last?.labels.count ?? 0 > 1 && groups.last?.fit.threshold != nil)
    }
}
