import AttarStatistics
import Testing

@Suite struct RankingAreaTests {
    @Test func areasAgreeWithScikitLearn() throws {
        for golden in try Goldens.load().classification {
            let areas = rankingAreas(
                probabilities: golden.probabilityValues, truth: golden.truth, classCount: golden.classes)
            for (curve, expected) in [(RankingCurve.roc, golden.roc), (.precisionRecall, golden.precisionRecall)] {
                let found = try #require(areas[curve])
                #expect(zip(found.classes, expected.classes).allSatisfy(isClose), "\(golden.name)")
                #expect(isClose(found.macro, expected.macro), "\(golden.name)")
                #expect(isClose(found.weighted, expected.weighted), "\(golden.name)")
                for (figure, interval) in [
                    (found.macro, found.macroInterval), (found.weighted, found.weightedInterval),
                ] {
                    #expect(interval.map { $0.contains(figure ?? -1) } ?? true, "\(golden.name)")
                }
            }
        }
    }

    @Test func curvesAgreeWithScikitLearn() throws {
        let goldens = try Goldens.load()
        #expect(goldens.curves.count > 10)
        for expected in goldens.curves {
            let golden = try #require(goldens.classification.first { $0.name == expected.name })
            let ranked = RankedScores(
                scores: golden.truth.indices.map { golden.probabilityValues[$0 * golden.classes] },
                isPositive: golden.truth.map { $0 == 0 })
            let curve = ranked.curve
            #expect(curve.map(\.threshold) == expected.thresholds.map { Float($0) / 32768 }, "\(golden.name)")
            #expect(zip(curve.map(\.falsePositiveRate), expected.falsePositiveRates).allSatisfy { isClose($0, $1) })
            #expect(zip(curve.map(\.truePositiveRate), expected.truePositiveRates).allSatisfy { isClose($0, $1) })
            // Points past full recall only lose precision; scikit-learn has them too.
            #expect(curve.count == expected.precisions.count)
            #expect(zip(curve.map(\.precision), expected.precisions).allSatisfy { isClose($0, $1) })
            #expect(zip(curve.map(\.truePositiveRate), expected.recalls).allSatisfy { isClose($0, $1) })
        }
    }

    @Test func undefinedAreas() {
        let allPositive = RankedScores(scores: [0.2, 0.7], isPositive: [true, true])
        #expect(allPositive.rocArea == nil && allPositive.averagePrecision == 1)
        let allNegative = RankedScores(scores: [0.2, 0.7], isPositive: [false, false])
        #expect(allNegative.rocArea == nil && allNegative.averagePrecision == nil)
        let none = RankedScores(scores: [], isPositive: [])
        #expect(none.rocArea == nil && none.averagePrecision == nil && none.curve.isEmpty)
        let areas = rankingAreas(probabilities: [], truth: [], classCount: 3)
        #expect(areas[.roc]?.macro == nil && areas[.roc]?.classes == [nil, nil, nil])
    }

    @Test func perfectReversedAndTiedScores() {
        let isPositive = [true, true, false, false, false]
        #expect(RankedScores(scores: [5, 4, 3, 2, 1], isPositive: isPositive).rocArea == 1)
        #expect(RankedScores(scores: [1, 2, 3, 4, 5], isPositive: isPositive).rocArea == 0)
        let flat = RankedScores(scores: [0, -0.0, 0, 0, -0.0], isPositive: isPositive)
        #expect(flat.rocArea == 0.5 && flat.averagePrecision == 0.4 && flat.curve.count == 1)
        #expect(RankedScores(scores: [5, 4, 3, 2, 1], isPositive: isPositive).interval(under: .roc) == nil)
        #expect(RankedScores(scores: [-1, -2, -3, -4, -5], isPositive: isPositive).rocArea == 1)
    }

    @Test func anyScoresAreRankedAsByComparison() {
        var generator = SplitMix64(seed: 40)
        let scores =
            (0..<500).map { _ -> Float in
                let exponent = Float(generator.below(60) - 30)
                return Float(generator.below(9) - 4) * Float(sign: .plus, exponent: Int(exponent), significand: 1)
            } + [.infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0, -0.0]
        let isPositive = scores.map { _ in generator.below(3) == 0 }
        let curve = RankedScores(scores: scores, isPositive: isPositive).curve
        #expect(curve.map(\.threshold) == Set(scores).sorted(by: >))
        for point in curve {
            #expect(point.truePositives == scores.indices.count { isPositive[$0] && scores[$0] >= point.threshold })
            #expect(point.falsePositives == scores.indices.count { !isPositive[$0] && scores[$0] >= point.threshold })
        }
    }

    /// The jackknife's width is that of drawing rows again and ranking anew, also over classes.
    @Test(arguments: RankingCurve.allCases) func intervalIsAsWideAsTheBootstraps(curve: RankingCurve) throws {
        var generator = SplitMix64(seed: 17)
        let truth = (0..<600).map { _ in min(generator.below(3), generator.below(3)) }
        let probabilities = truth.flatMap { label in
            (0..<3).map { Float((generator.normal() * 4).rounded() / 4) + ($0 == label ? 1 : 0) }
        }
        let areas = try #require(rankingAreas(probabilities: probabilities, truth: truth, classCount: 3)[curve])
        let draws = Bootstrap(classes: truth, seed: 1).draws(1_000) { weights, _ in
            let rows = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
            let drawn = rankingAreas(
                probabilities: rows.flatMap { probabilities[$0 * 3..<$0 * 3 + 3] }, truth: rows.map { truth[$0] },
                classCount: 3)[curve]
            return [drawn?.macro ?? .nan, drawn?.weighted ?? .nan]
        }
        for (figure, interval) in [areas.macroInterval, areas.weightedInterval].enumerated() {
            let interval = try #require(interval)
            let bootstrap = Interval(percentilesOf: draws.map { $0[figure] }, level: 0.95)
            let width = interval.upper - interval.lower
            #expect(isRelativelyClose(width, bootstrap.upper - bootstrap.lower, tolerance: 0.1))
            #expect(abs(interval.lower - bootstrap.lower) < 0.15 * width)
        }
    }
}
