import Foundation

/// Maps the values of an axis to coordinates, and knows where the axis wants its ticks.
struct ChartScale {
    let lower: Double
    let upper: Double
    let start: Double
    let end: Double
    let isLogarithmic: Bool

    /// An axis from `lower` to `upper`, drawn from coordinate `start` to `end`. Equal or disordered bounds are spread.
    init(_ lower: Double, _ upper: Double, from start: Double, to end: Double, isLogarithmic: Bool = false) {
        self.isLogarithmic = isLogarithmic
        let floor = isLogarithmic ? 1e-12 : -1e300
        let low = max(floor, lower.isFinite ? lower : 0)
        let high = upper.isFinite ? upper : 1
        self.lower = low
        self.upper = high > low ? high : (isLogarithmic ? low * 10 : low + 1)
        self.start = start
        self.end = end
    }

    /// The coordinate of a value; values outside the axis stay at its ends.
    func callAsFunction(_ value: Double) -> Double {
        let clamped = min(max(value, lower), upper)
        let share =
            isLogarithmic ? log(clamped / lower) / log(upper / lower) : (clamped - lower) / (upper - lower)
        return start + share * (end - start)
    }

    /// Round values about `count` steps apart; powers of ten (with 2 and 5 if few) on a logarithmic axis.
    func ticks(about count: Int = 5) -> [Double] {
        isLogarithmic ? logarithmicTicks(atMost: count + 2) : linearTicks(about: count)
    }

    private func linearTicks(about count: Int) -> [Double] {
        let step = Self.roundStep((upper - lower) / Double(count))
        let first = (lower / step - 1e-9).rounded(.up)
        let last = (upper / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 100 else { return [lower, upper] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    private func logarithmicTicks(atMost count: Int) -> [Double] {
        let powers = (Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up)))
        for multiples in [[1.0, 2, 5], [1.0, 3], [1.0]] {
            let ticks = powers.flatMap { power in multiples.map { $0 * pow(10, Double(power)) } }
                .filter { $0 >= lower * 0.999 && $0 <= upper * 1.001 }
            if ticks.count <= count, ticks.count >= 2 || multiples.count == 1 { return thinned(ticks, atMost: count) }
        }
        return [lower, upper]
    }

    private func thinned(_ ticks: [Double], atMost count: Int) -> [Double] {
        let step = (ticks.count + count - 1) / max(1, count)
        return step <= 1 ? ticks : stride(from: 0, to: ticks.count, by: step).map { ticks[$0] }
    }

    /// The least of 1, 2, 2.5, 5 times a power of ten that is no smaller.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, floor(log10(max(step, 1e-12))))
        return ([1, 2, 2.5, 5, 10].first { $0 * power >= step * 0.999 } ?? 10) * power
    }
}

extension [Estimate] {
    /// An axis of shares that holds all estimates with their intervals, widened to round values within 0...1.
    func shareDomain() -> (lower: Double, upper: Double) {
        let low = map { $0.lower ?? $0.value }.min() ?? 0
        let high = map { $0.upper ?? $0.value }.max() ?? 1
        let margin = Swift.max(0.01, (high - low) * 0.08)
        let unit = high - low > 0.3 ? 0.1 : 0.05
        return (
            Swift.max(0, ((low - margin) / unit).rounded(.down) * unit),
            Swift.min(1, ((high + margin) / unit).rounded(.up) * unit)
        )
    }
}
