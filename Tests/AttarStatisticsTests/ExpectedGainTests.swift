import AttarStatistics
import Foundation
import Testing

@Suite("What further rows are likely to bring")
struct ExpectedGainTests {
    private static let sizes = [200, 300, 450, 675, 1000, 1500, 2250]

    /// Judges that are right as often as the curve says, and mostly the same ones at each size.
    private static func correct(
        _ accuracy: (Double) -> Double, judges: Int = 400, generator: inout SplitMix64
    ) -> [[Bool]] {
        let ease = (0..<judges).map { _ in generator.normal() }
        return sizes.map { size in
            // Training has its own luck: half a point.
            let share = min(max(accuracy(Double(size)) + 0.005 * generator.normal(), 0.001), 0.999)
            let threshold = normalQuantile(share)
            return ease.map { (0.95).squareRoot() * $0 + (0.05).squareRoot() * generator.normal() < threshold }
        }
    }

    private static let curves: [(name: String, accuracy: @Sendable (Double) -> Double)] = [
        ("flat", { _ in 0.8 }),
        ("inverse power", { 0.95 - 6 * exp(-0.6 * log($0)) }),
        ("fast inverse power", { 0.88 - 60 * exp(-1.1 * log($0)) }),
        ("exponential", { 0.9 - 0.5 * exp(-$0 / 700) }),
        ("logarithm", { 0.3 + 0.06 * log($0) }),
    ]

    @Test("The interval holds the true gain about as often as it says, whatever the curve", arguments: 0..<5)
    func coverage(curve: Int) {
        let accuracy = Self.curves[curve].accuracy
        let truth = accuracy(2250 + 560) - accuracy(2250)
        var generator = SplitMix64(seed: UInt64(curve) + 1)
        var (held, above) = (0, 0)
        for _ in 0..<100 {
            let correct = Self.correct(accuracy, generator: &generator)
            let gain = ExpectedGain(rows: Self.sizes, correct: correct, further: 560, level: 0.8, draws: 200, seed: 1)!
            if gain.interval.contains(truth) { held += 1 }
            if gain.interval.upper >= truth - 0.0005 { above += 1 }
        }
        // The upper end ends rounds: one in ten may be too low.
        #expect(held >= 65, "\(Self.curves[curve].name): \(held) of 100 hold the truth")
        #expect(above >= 75, "\(Self.curves[curve].name): \(above) of 100 upper ends reach the truth")
    }

    @Test("A flat curve promises next to nothing, a steep one much")
    func flatAndSteep() throws {
        var generator = SplitMix64(seed: 5)
        let flat = try #require(
            ExpectedGain(
                rows: Self.sizes, correct: Self.correct({ _ in 0.8 }, generator: &generator), further: 560, level: 0.8,
                seed: 1))
        #expect(flat.interval.upper < 0.01)
        let steep = try #require(
            ExpectedGain(
                rows: Self.sizes, correct: Self.correct({ 0.2 + $0 / 5000 }, generator: &generator), further: 560,
                level: 0.8, seed: 1))
        #expect(steep.interval.lower > 0.02)
    }

    @Test("Three sizes tell nothing, nor does a curve without judges; gains are never negative")
    func little() {
        let three = ExpectedGain(
            rows: [1, 2, 3], correct: Array(repeating: [true, false], count: 3), further: 1, level: 0.8, seed: 1)
        #expect(three == nil)
        #expect(
            ExpectedGain(rows: [1, 2, 3, 4], correct: Array(repeating: [], count: 4), further: 1, level: 0.8, seed: 1)
                == nil)
        let falling = ExpectedGain(
            rows: [10, 20, 30, 40], correct: [7, 6, 5, 4].map { right in (0..<10).map { $0 < right } }, further: 10,
            level: 0.8, seed: 1)
        #expect(falling?.gain == 0)
    }

    @Test(
        "No more is expected than is left to gain; where all judges are answered rightly, that may be nothing",
        arguments: [0, 1, 3])
    func left(wrong: Int) throws {
        // A steep curve, cut off at its end.
        let right = [30, 50, 66, 76, 80 - wrong]
        let gain = try #require(
            ExpectedGain(
                rows: [60, 100, 140, 180, 220], correct: right.map { right in (0..<80).map { $0 < right } },
                further: 1000, level: 0.8, seed: 1))
        let left = Double(wrong) / 80
        #expect(gain.gain <= left)
        #expect(gain.interval.lower <= left)
        #expect(gain.interval.contains(gain.gain))
        // As much as may still be wrong, though no judge shows it.
        #expect(gain.interval.upper <= left + 0.05)
        if wrong == 0 { #expect(gain.interval.contains(0)) }
    }

    @Test("The same rounds give the same bits")
    func repeatable() {
        var generator = SplitMix64(seed: 9)
        let correct = Self.correct({ 0.9 - 0.5 * exp(-$0 / 700) }, generator: &generator)
        func gain() -> ExpectedGain? {
            ExpectedGain(rows: Self.sizes, correct: correct, further: 500, level: 0.9, seed: 4)
        }
        #expect(gain() == gain())
    }
}
