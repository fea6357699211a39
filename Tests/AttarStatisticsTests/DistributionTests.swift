import AttarStatistics
import Foundation
import Testing

@Suite struct DistributionTests {
    @Test func normalQuantilesAgreeWithSciPy() throws {
        for golden in try Goldens.load().normalQuantiles {
            #expect(isRelativelyClose(normalQuantile(golden[0]), golden[1], tolerance: 1e-12), "at \(golden[0])")
        }
    }

    @Test func normalQuantileInvertsTheDistribution() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<1_000 {
            let probability = generator.uniform()
            #expect(isClose(normalCumulative(normalQuantile(probability)), probability, tolerance: 1e-14))
        }
        #expect(normalQuantile(0) == -.infinity)
        #expect(normalQuantile(1) == .infinity)
        #expect(normalQuantile(0.5) == 0)
    }

    @Test func logGammaAgreesWithSciPy() throws {
        for golden in try Goldens.load().logGammas {
            #expect(isClose(logGamma(golden[0]), golden[1], tolerance: 1e-14), "at \(golden[0])")
        }
    }

    @Test func incompleteBetaAgreesWithSciPy() throws {
        for golden in try Goldens.load().incompleteBetas {
            let value = incompleteBeta(golden[0], golden[1], golden[2])
            #expect(isClose(value, golden[3], tolerance: 1e-11), "at \(golden)")
        }
    }

    @Test func betaQuantileInvertsTheDistribution() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let (a, b) = (generator.uniform() * 300 + 0.5, generator.uniform() * 300 + 0.5)
            let probability = generator.uniform()
            #expect(isClose(incompleteBeta(betaQuantile(probability, a, b), a, b), probability, tolerance: 1e-11))
        }
    }

    @Test func quantilesAgreeWithNumPy() throws {
        for golden in try Goldens.load().quantiles {
            let value = try #require(quantile(golden.probability, of: golden.values))
            #expect(isClose(value, golden.expected, tolerance: 1e-14))
        }
        #expect(quantile(0.5, of: []) == nil)
    }

    @Test func generatorRepeatsItselfAndFillsItsRanges() {
        var one = SplitMix64(seed: 9)
        var other = SplitMix64(seed: 9)
        var third = SplitMix64(seed: 10)
        let draws = (0..<2_000).map { _ in one.below(7) }
        #expect(draws == (0..<2_000).map { _ in other.below(7) })
        #expect(draws != (0..<2_000).map { _ in third.below(7) })
        for value in 0..<7 {
            let count = draws.count { $0 == value }
            #expect((200...380).contains(count))
        }
        let normals = (0..<20_000).map { _ in one.normal() }
        let center = normals.reduce(0, +) / 20_000
        let variance = normals.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 20_000
        #expect(abs(center) < 0.03)
        #expect(abs(variance - 1) < 0.05)
        #expect(one.shuffled(Array(0..<50)).sorted() == Array(0..<50))
    }
}
