import AttarStatistics
import Testing

@Suite struct RiskCoverageTests {
    @Test func pointsAreCountedByHand() {
        let curve = RiskCoverageCurve(scores: [0.9, 0.5, 0.5, 0.1], correct: [true, true, false, false])
        #expect(curve.points.map(\.answered) == [1, 3, 4])
        #expect(curve.points.map(\.wrong) == [0, 1, 2])
        #expect(curve.points.map(\.threshold) == [0.9, 0.5, 0.1])
        // Risks 0 once, 1/3 twice, 1/2 once, over four rows.
        #expect(abs((curve.area ?? 0) - (2.0 / 3 + 0.5) / 4) < 1e-15)
        #expect(curve.oracle(accuracy: 0.6)?.answered == 3)
        #expect(curve.oracle(accuracy: 1)?.answered == 1)
        #expect(RiskCoverageCurve(scores: [0.3], correct: [false]).oracle(accuracy: 0.5) == nil)
    }

    @Test func theOrderOfRowsDoesNotMatter() {
        var generator = SplitMix64(seed: 6)
        let rows = (0..<200).map { _ in (Double(generator.below(20)) / 20, generator.below(3) > 0) }
        let shuffled = generator.shuffled(rows)
        #expect(
            RiskCoverageCurve(scores: rows.map(\.0), correct: rows.map(\.1))
                == RiskCoverageCurve(scores: shuffled.map(\.0), correct: shuffled.map(\.1)))
    }

    @Test func thinnedCurvesKeepTheirEnd() {
        let curve = RiskCoverageCurve(scores: (0..<1000).map(Double.init), correct: (0..<1000).map { $0 > 200 })
        #expect(curve.thinned(to: 50).count == 50)
        #expect(curve.thinned(to: 50).last == curve.points.last)
        #expect(RiskCoverageCurve(scores: [], correct: []).thinned(to: 5).isEmpty)
        #expect(RiskCoverageCurve(scores: [], correct: []).area == nil)
    }
}
