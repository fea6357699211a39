import AttarStatistics
import Testing

@Suite struct IsotonicRegressionTests {
    @Test func violatorsArePooled() {
        #expect(isotonicRegression([1, 3, 2, 4], weights: [1, 1, 1, 1]) == [1, 2.5, 2.5, 4])
        #expect(isotonicRegression([3, 2, 1], weights: [1, 1, 2]) == [1.75, 1.75, 1.75])
        #expect(isotonicRegression([], weights: []).isEmpty)
    }

    /// The least squares among non-decreasing values: no other ones nearby are closer.
    @Test func theResultIsTheClosest() {
        var generator = SplitMix64(seed: 1)
        let values = (0..<40).map { Double($0) / 40 + generator.normal() }
        let weights = values.map { _ in 0.5 + generator.uniform() }
        let fit = isotonicRegression(values, weights: weights)
        func distance(_ other: [Double]) -> Double {
            values.indices.reduce(0) { $0 + weights[$1] * (values[$1] - other[$1]) * (values[$1] - other[$1]) }
        }
        #expect(zip(fit, fit.dropFirst()).allSatisfy { $0 <= $1 })
        for _ in 0..<500 {
            let other = zip(fit, values).map { $0.0 + 0.2 * generator.normal() }.sorted()
            #expect(distance(other) >= distance(fit) - 1e-12)
        }
    }

    @Test func overconfidentProbabilitiesAreMended() throws {
        var generator = SplitMix64(seed: 12)
        // Three classes; the likeliest is given 0.9…1 and is right in 70 % of the rows.
        var (probabilities, truth): ([Float], [Int]) = ([], [])
        for _ in 0..<3000 {
            let best = generator.below(3)
            let confidence = Float(0.9 + 0.1 * generator.uniform())
            probabilities += (0..<3).map { $0 == best ? confidence : (1 - confidence) / 2 }
            truth.append(generator.uniform() < 0.7 ? best : (best + 1 + generator.below(2)) % 3)
        }
        let fit = try #require(fitIsotonicScaling(probabilities: probabilities, truth: truth, classCount: 3))
        #expect(zip(fit.knots, fit.knots.dropFirst()).allSatisfy { $0 < $1 } && fit.knots[0] == 0)
        var slope = 0.0
        for change in fit.slopes {
            slope += change
            #expect(slope > 0)
        }
        let mapped = fit.applied(to: probabilities, classCount: 3)
        #expect(mostProbable(mapped, classCount: 3) == mostProbable(probabilities, classCount: 3))
        let confidences = stride(from: 0, to: mapped.count, by: 3).map { Double(mapped[$0..<($0 + 3)].max() ?? 0) }
        #expect(abs((mean(confidences) ?? 0) - 0.7) < 0.02)
    }

    @Test func rowsThatSayLittleMakeAMapAllTheSame() {
        #expect(fitIsotonicScaling(probabilities: [], truth: [], classCount: 2) == nil)
        let one = fitIsotonicScaling(probabilities: [0.5, 0.5], truth: [1], classCount: 2)
        #expect(one?.knots == [0] && one?.slopes.count == 1)
        let sure = fitIsotonicScaling(probabilities: [1, 0, 0, 1], truth: [0, 1], classCount: 2)
        #expect(sure.map { $0.logarithm(of: 1) > $0.logarithm(of: 0) } == true)
    }
}
