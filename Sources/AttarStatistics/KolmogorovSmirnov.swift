import Foundation

/// The two-sample test of Kolmogorov and Smirnov (Smirnov 1939): whether two samples may come from the same
/// distribution.
package struct KolmogorovSmirnov: Hashable, Sendable {
    /// The largest distance between the shares of both samples at or below any value.
    package let statistic: Double
    /// How likely a distance as large is by chance, from both sides; with equal values within the samples, at most
    /// this.
    package let probability: Double
    /// Whether the probability is exact (up to 10,000,000 pairs of rows) or the limit for many rows.
    package let isExact: Bool

    /// Nil without values on either side. No value is not a number.
    package init?(_ one: [Double], _ other: [Double]) {
        guard !one.isEmpty, !other.isEmpty else { return nil }
        let distance = largestDistance(one.sorted(), other.sorted())
        let pairs = one.count * other.count
        statistic = Double(distance) / Double(pairs)
        isExact = pairs <= 10_000_000
        probability =
            isExact
            ? exactProbability(distance, one.count, other.count)
            : kolmogorovUpperTail(
                statistic * (Double(one.count) * (Double(other.count) / Double(one.count + other.count))).squareRoot())
    }
}

/// The largest |i·m − j·n| over all values, where i of n values and j of m values lie at or below.
private func largestDistance(_ one: [Double], _ other: [Double]) -> Int {
    var largest = 0
    var (first, second) = (0, 0)
    while first < one.count, second < other.count {
        let value = min(one[first], other[second])
        while first < one.count, one[first] <= value { first += 1 }
        while second < other.count, other[second] <= value { second += 1 }
        largest = max(largest, abs(first * other.count - second * one.count))
    }
    return largest
}

/// The share of all orders of the values in which the samples are somewhere at least that far apart, by counting
/// lattice paths (Hodges 1958, "The significance probability of the Smirnov two-sample test"): of paths to (i, j), the
/// share that left the band; the last step came from the left for i / (i + j) of them.
private func exactProbability(_ distance: Int, _ rows: Int, _ otherRows: Int) -> Double {
    guard distance > 0 else { return 1 }
    var left = [Double](repeating: 0, count: otherRows + 1)
    for i in 0...rows {
        for j in 0...otherRows {
            if abs(i * otherRows - j * rows) >= distance {
                left[j] = 1
            } else if i + j > 0 {
                let fromLeft = i > 0 ? Double(i) * left[j] : 0
                let fromBelow = j > 0 ? Double(j) * left[j - 1] : 0
                left[j] = (fromLeft + fromBelow) / Double(i + j)
            }
        }
    }
    return left[otherRows]
}

/// The share of Kolmogorov's limiting distribution that lies above `value`: 2 Σ (−1)ᵏ⁻¹ e^(−2k²x²) (Kolmogorov 1933),
/// and below 1 its other series, which converges faster there.
package func kolmogorovUpperTail(_ value: Double) -> Double {
    if value <= 0 { return 1 }
    var sum = 0.0
    if value < 1 {
        for k in stride(from: 1.0, through: 9, by: 2) {
            sum += exp(-k * k * Double.pi * Double.pi / (8 * value * value))
        }
        return 1 - (2 * Double.pi).squareRoot() / value * sum
    }
    for k in 1...10 {
        let step = Double(k)
        sum += (k % 2 == 1 ? 2 : -2) * exp(-2 * step * step * value * value)
    }
    return sum
}
