import AttarStatistics
import Foundation
import Testing

@Suite struct CalibrationTests {
    @Test func temperatureAgreesWithSciPy() throws {
        for golden in try Goldens.load().classification {
            let fit = fitTemperature(
                logits: golden.logitValues, truth: golden.truth, classCount: golden.classes, bounds: 0.05...20)
            guard !fit.isAtBound, golden.temperature > 0.051, golden.temperature < 19.9 else { continue }
            #expect(isRelativelyClose(fit.temperature, golden.temperature, tolerance: 1e-6), "\(golden.name)")
        }
    }

    @Test(arguments: [0.4, 1, 2.5]) func temperatureIsFoundAgain(_ temperature: Double) {
        var generator = SplitMix64(seed: 77)
        let classCount = 4
        var logits: [Float] = []
        var truth: [Int] = []
        for _ in 0..<20_000 {
            let row = (0..<classCount).map { _ in 2 * generator.normal() }
            let weights = row.map { exp($0) }
            var left = generator.uniform() * weights.reduce(0, +)
            truth.append(
                weights.firstIndex {
                    left -= $0
                    return left < 0
                } ?? classCount - 1)
            logits += row.map { Float($0 * temperature) }
        }
        let fit = fitTemperature(logits: logits, truth: truth, classCount: classCount)
        #expect(isRelativelyClose(fit.temperature, temperature, tolerance: 0.05))
        #expect(!fit.isAtBound)
    }

    @Test func degenerateRowsStayWithinBounds() {
        let right = fitTemperature(logits: [3, 0, 0, 3], truth: [0, 1], classCount: 2)
        #expect(right == fitTemperature(logits: [3, 0, 0, 3], truth: [0, 1], classCount: 2))
        #expect(right.isAtBound && right.temperature == 0.05)
        let wrong = fitTemperature(logits: [3, 0, 0, 3], truth: [1, 0], classCount: 2)
        #expect(wrong.isAtBound && wrong.temperature == 20)
        let flat = fitTemperature(logits: [0, 0, 5, 5], truth: [0, 1], classCount: 2)
        #expect(!flat.isAtBound && flat.temperature == 1)
        #expect(fitTemperature(logits: [], truth: [], classCount: 2).temperature == 1)
        #expect(fitTemperature(logits: [0.3, -2], truth: [0, 0], classCount: 1).temperature == 1)
    }

    @Test func equalConfidencesShareABinWhateverTheOrderOfRows() {
        let confidences = [Double](repeating: 0.6, count: 40) + [Double](repeating: 0.9, count: 60)
        let correct = (0..<100).map { $0 % 3 == 0 }
        var generator = SplitMix64(seed: 4)
        let order = generator.shuffled(Array(0..<100))
        let curve = reliabilityCurve(confidences: confidences, correct: correct)
        let shuffled = reliabilityCurve(confidences: order.map { confidences[$0] }, correct: order.map { correct[$0] })
        #expect(curve.map(\.rows) == [40, 60])
        #expect(curve.map(\.rows) == shuffled.map(\.rows))
        #expect(curve.map(\.correct) == shuffled.map(\.correct))
    }

    /// A calibrated system shows more than the error by chance about once in twenty times, an overconfident one always.
    @Test func theErrorByChanceIsSeldomExceeded() throws {
        var generator = SplitMix64(seed: 31)
        var exceeded = 0
        var exceededByOverconfident = 0
        for sample in 0..<200 {
            let confidences = (0..<300).map { _ in 0.4 + 0.6 * generator.uniform() }
            let limit = try #require(calibrationErrorByChance(confidences: confidences, seed: UInt64(sample)))
            let calibrated = confidences.map { generator.uniform() < $0 }
            let overconfident = confidences.map { generator.uniform() < $0 - 0.2 }
            let error = { (correct: [Bool]) in
                expectedCalibrationError(reliabilityCurve(confidences: confidences, correct: correct)) ?? 0
            }
            exceeded += error(calibrated) > limit ? 1 : 0
            exceededByOverconfident += error(overconfident) > limit ? 1 : 0
        }
        #expect((2...20).contains(exceeded), "\(exceeded) of 200")
        #expect(exceededByOverconfident == 200)
        #expect(calibrationErrorByChance(confidences: [], seed: 1) == nil)
        #expect(calibrationErrorByChance(confidences: [1, 1, 1], seed: 1) == 0)
    }

    /// With and without a true error, few and many rows.
    @Test(arguments: [(200, 0), (200, 0.15), (1_000, 0.03), (1_000, 0.1), (5_000, 0), (5_000, 0.06)])
    func theIntervalHoldsTheTrueError(rows: Int, overconfidence: Double) throws {
        var generator = SplitMix64(seed: UInt64(rows))
        // Confidences lie in 0.4...1 with mean 0.8; accuracy is below them by a share of what they exceed 0.3 by.
        let trueError = overconfidence * 0.5
        var held = 0
        for sample in 0..<200 {
            let confidences = (0..<rows).map { _ in
                let share = generator.uniform()
                return 1 - 0.6 * share * share
            }
            let correct = confidences.map { generator.uniform() < $0 - overconfidence * ($0 - 0.3) }
            let curve = reliabilityCurve(confidences: confidences, correct: correct)
            let interval = try #require(calibrationErrorInterval(curve, seed: UInt64(sample)))
            held += interval.contains(trueError) ? 1 : 0
            #expect(interval.contains(try #require(expectedCalibrationError(curve))))
        }
        #expect(held >= 184, "\(held) of 200")
        #expect(calibrationErrorInterval([], seed: 1) == nil)
    }

    @Test func aLargeErrorIsTold() throws {
        let confidences = (0..<2_000).map { 0.5 + Double($0) / 4_000 }
        let correct = (0..<2_000).map { $0 % 2 == 0 }
        let curve = reliabilityCurve(confidences: confidences, correct: correct)
        let interval = try #require(calibrationErrorInterval(curve, seed: 1))
        #expect(interval.lower > 0.2 && interval.upper < 0.3)
    }

    @Test func calibratedConfidencesHaveASmallError() throws {
        var generator = SplitMix64(seed: 8)
        let confidences = (0..<50_000).map { _ in 0.5 + 0.5 * generator.uniform() }
        let correct = confidences.map { generator.uniform() < $0 }
        let error = try #require(expectedCalibrationError(reliabilityCurve(confidences: confidences, correct: correct)))
        #expect(error < 0.01)
        let overconfident = confidences.map { min(1, $0 + 0.1) }
        let worse = reliabilityCurve(confidences: overconfident, correct: correct)
        #expect(try #require(expectedCalibrationError(worse)) > 0.05)
    }
}
