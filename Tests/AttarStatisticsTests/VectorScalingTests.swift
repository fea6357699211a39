import AttarStatistics
import Foundation
import Testing

@Suite struct VectorScalingTests {
    /// Rows of `classes` whose true classes are drawn from softmax(scales ⊙ logits + offsets).
    private static func rows(
        _ count: Int, scales: [Double], offsets: [Double], seed: UInt64
    ) -> (logits: [Float], truth: [Int]) {
        var generator = SplitMix64(seed: seed)
        var (logits, truth): ([Float], [Int]) = ([], [])
        for _ in 0..<count {
            let row = scales.map { _ in Float(2 * generator.normal()) }
            let weights = row.indices.map { exp(Double(row[$0]) * scales[$0] + offsets[$0]) }
            var left = generator.uniform() * weights.reduce(0, +)
            truth.append(
                weights.firstIndex {
                    left -= $0
                    return left < 0
                } ?? row.count - 1)
            logits += row
        }
        return (logits, truth)
    }

    @Test func scalesAndOffsetsAreFoundAgain() {
        let (scales, offsets) = ([0.5, 1, 1.5], [0.6, -0.2, -0.4])
        let rows = Self.rows(20_000, scales: scales, offsets: offsets, seed: 4)
        let fit = fitVectorScaling(logits: rows.logits, truth: rows.truth, classCount: 3, ridge: 1e-3)
        for index in 0..<3 {
            #expect(abs(fit.scales[index] - scales[index]) < 0.05)
            // Only differences of offsets matter.
            #expect(abs(fit.offsets[index] - fit.offsets[0] - (offsets[index] - offsets[0])) < 0.08)
        }
    }

    @Test func theGradientIsZeroAtTheFit() {
        let rows = Self.rows(300, scales: [0.7, 1.2, 1, 0.4], offsets: [1, 0, 0, -1], seed: 9)
        let (temperature, ridge) = (1.3, 16.0)
        let fit = fitVectorScaling(
            logits: rows.logits, truth: rows.truth, classCount: 4, temperature: temperature, ridge: ridge)
        func objective(_ scales: [Double], _ offsets: [Double]) -> Double {
            var sum = 0.0
            for row in rows.truth.indices {
                let shifted = (0..<4).map { Double(rows.logits[row * 4 + $0]) * scales[$0] + offsets[$0] }
                sum += log(shifted.reduce(0) { $0 + exp($1) }) - shifted[rows.truth[row]]
            }
            let pulls = scales.map { ($0 * temperature - 1) * ($0 * temperature - 1) } + offsets.map { $0 * $0 }
            return sum + ridge / 2 * pulls.reduce(0, +)
        }
        let best = objective(fit.scales, fit.offsets)
        for index in 0..<4 {
            for step in [-1e-3, 1e-3] {
                var (scales, offsets) = (fit.scales, fit.offsets)
                scales[index] += step
                #expect(objective(scales, fit.offsets) > best)
                offsets[index] += step
                #expect(objective(fit.scales, offsets) > best)
            }
        }
    }

    @Test func withoutRowsTheTemperatureIsAllThereIs() {
        let fit = fitVectorScaling(logits: [], truth: [], classCount: 2, temperature: 2)
        #expect(fit.scales == [0.5, 0.5] && fit.offsets == [0, 0])
        // Classes that never occur, and rows that say nothing, do no harm.
        let flat = fitVectorScaling(logits: [0, 0, 0, 0], truth: [0, 1], classCount: 2)
        #expect(flat.scales == [1, 1] && abs(flat.offsets[0]) < 1e-9)
    }

    @Test(arguments: [1e-300, 1e-12, 0.3, 0.999999, 1, 2, 77, 1e17])
    func logarithmsAreThoseOfTheLibrary(_ value: Double) {
        #expect(abs(naturalLogarithm(value) - log(value)) <= 4e-15 * max(1, abs(log(value))))
    }
}
