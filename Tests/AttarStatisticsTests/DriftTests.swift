import AttarStatistics
import Testing

@Suite struct DriftTests {
    @Test func gammaAndKolmogorovAgreeWithSciPy() throws {
        let goldens = try Goldens.load()
        for golden in goldens.gammas {
            let share = upperIncompleteGamma(golden[0], golden[1])
            #expect(isClose(share, golden[2]), "\(golden) \(share)")
        }
        for golden in goldens.kolmogorov {
            #expect(isClose(kolmogorovUpperTail(golden[0]), golden[1]), "\(golden)")
        }
    }

    @Test func twoSampleTestAgreesWithSciPy() throws {
        for golden in try Goldens.load().twoSamples {
            let test = try #require(KolmogorovSmirnov(golden.one, golden.other))
            #expect(isClose(test.statistic, golden.statistic))
            #expect(isClose(test.probability, golden.probability), "\(test) \(golden)")
            #expect(test.isExact)
            #expect(test == KolmogorovSmirnov(golden.other, golden.one))
        }
        #expect(KolmogorovSmirnov([], [1]) == nil)
        #expect(KolmogorovSmirnov([1, 2], [1, 2])?.probability == 1)
        #expect(KolmogorovSmirnov([1, 2], [3, 4])?.statistic == 1)
    }

    @Test func theLimitIsNearTheExactProbability() throws {
        var generator = SplitMix64(seed: 4)
        let one = (0..<3_000).map { _ in generator.normal() }
        let other = (0..<3_000).map { _ in generator.normal() + 0.03 }
        let exact = try #require(KolmogorovSmirnov(one, other))
        #expect(exact.isExact)
        let limit = kolmogorovUpperTail(exact.statistic * 1_500.0.squareRoot())
        #expect(abs(exact.probability - limit) < 0.02)
        let many = try #require(KolmogorovSmirnov(one + one, other + other))
        #expect(!many.isExact && many.statistic == exact.statistic)
        #expect(isClose(many.probability, kolmogorovUpperTail(many.statistic * 3_000.0.squareRoot())))
    }

    @Test func labelShiftsAgreeWithSciPy() throws {
        for golden in try Goldens.load().labelShifts {
            let shift = try #require(LabelShift(golden.one, golden.other))
            #expect(isClose(shift.chiSquare, golden.chiSquare), "\(golden)")
            #expect(isClose(shift.probability, golden.probability), "\(golden)")
            #expect(isClose(shift.totalVariation, golden.totalVariation))
            #expect(isClose(populationStabilityIndex(golden.one, golden.other), golden.stability))
        }
        #expect(LabelShift([0, 0], [1, 2]) == nil)
        #expect(populationStabilityIndex([0, 0], [1, 2]) == nil)
        #expect(LabelShift([3, 0], [5, 0])?.probability == 1)
        #expect(populationStabilityIndex([4, 4], [4, 4]) == 0)
    }

    @Test func valuesFallIntoTheirBins() {
        #expect(binCounts([-1, 0, 0.5, 1, 7], edges: [0, 1]) == [1, 2, 2])
        #expect(binCounts([3, 4], edges: []) == [2])
        #expect(equalMassEdges([]) == [] && equalMassEdges([1, 1, 1]) == [])
        var generator = SplitMix64(seed: 6)
        let values = (0..<1_000).map { _ in generator.normal() }
        let counts = binCounts(values, edges: equalMassEdges(values))
        #expect(counts.count == 10 && counts.allSatisfy { (99...101).contains($0) })
        let same = binCounts((0..<1_000).map { _ in generator.normal() }, edges: equalMassEdges(values))
        let moved = binCounts(values.map { $0 + 0.5 }, edges: equalMassEdges(values))
        #expect((populationStabilityIndex(counts, same) ?? 1) < 0.05)
        #expect((populationStabilityIndex(counts, moved) ?? 0) > 0.15)
    }
}
