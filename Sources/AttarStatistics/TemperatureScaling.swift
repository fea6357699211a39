/// A temperature that calibrates a classifier: softmax(logits / temperature).
package struct TemperatureFit: Hashable, Sendable {
    package let temperature: Double
    /// Whether the best temperature lies outside the bounds: the rows cannot tell it (all right or all wrong, say).
    package let isAtBound: Bool
}

/// The temperature with the least negative log-likelihood of the true classes (Guo et al. 2017, "On calibration of
/// modern neural networks", §4.2).
///
/// The likelihood is concave in the inverse temperature, so its slope has one zero, found by Newton's
/// method kept within a shrinking bracket. Only additions,
/// multiplications and our own exponential enter, in a fixed order: the result is the same on every machine.
/// Rows whose logits are all equal, and no rows at all, give temperature 1.
///
/// - Parameters:
///   - logits: rows × classes, row-major; any constant may be added to a row, so log-probabilities serve too.
///   - truth: the true class of each row.
///   - bounds: the temperatures looked at.
package func fitTemperature(
    logits: [Float], truth: [Int], classCount: Int, bounds: ClosedRange<Double> = 0.05...20
) -> TemperatureFit {
    precondition(logits.count == truth.count * classCount, "one logit a row and class")
    precondition(bounds.lowerBound > 0, "temperatures are positive")
    let isFlat = truth.indices.allSatisfy { row in
        (0..<classCount).allSatisfy { logits[row * classCount + $0] == logits[row * classCount] }
    }
    if isFlat {
        return TemperatureFit(temperature: min(max(1, bounds.lowerBound), bounds.upperBound), isAtBound: false)
    }

    func slope(_ inverse: Double) -> (slope: Double, curvature: Double) {
        likelihoodSlope(logits: logits, truth: truth, classCount: classCount, inverseTemperature: inverse)
    }
    var lower = 1 / bounds.upperBound
    var upper = 1 / bounds.lowerBound
    if slope(lower).slope >= 0 { return TemperatureFit(temperature: bounds.upperBound, isAtBound: true) }
    if slope(upper).slope <= 0 { return TemperatureFit(temperature: bounds.lowerBound, isAtBound: true) }
    var inverse = lower < 1 && 1 < upper ? 1 : 0.5 * (lower + upper)
    for _ in 0..<200 {
        let here = slope(inverse)
        if here.slope < 0 { lower = inverse } else { upper = inverse }
        var next = inverse - here.slope / here.curvature
        if !(next > lower && next < upper) { next = 0.5 * (lower + upper) }
        let step = abs(next - inverse)
        inverse = next
        if step <= 1e-13 * inverse { break }
    }
    return TemperatureFit(temperature: 1 / inverse, isAtBound: false)
}

/// The first and second derivative of the negative log-likelihood in the inverse temperature: the sums over rows of
/// expected minus true logit, and of the logits' variance.
private func likelihoodSlope(
    logits: [Float], truth: [Int], classCount: Int, inverseTemperature: Double
) -> (slope: Double, curvature: Double) {
    logits.withUnsafeBufferPointer { logits in
        var slope = 0.0
        var curvature = 0.0
        for row in truth.indices {
            let start = row * classCount
            var largest = logits[start]
            for index in start..<(start + classCount) where logits[index] > largest { largest = logits[index] }
            var weights = 0.0
            var first = 0.0
            var second = 0.0
            for index in start..<(start + classCount) {
                let shifted = Double(logits[index]) - Double(largest)
                let weight = exponential(shifted * inverseTemperature)
                weights += weight
                first += weight * shifted
                second += weight * shifted * shifted
            }
            let expected = first / weights
            slope += expected - (Double(logits[start + truth[row]]) - Double(largest))
            curvature += second / weights - expected * expected
        }
        return (slope, curvature)
    }
}

/// e to the power of a value of 0 or less, to about 1e-15: 2ᵏ·eʳ with |r| ≤ ln 2 / 2 and Taylor's polynomial for eʳ.
///
/// The C library's own differs in the last bit between machines, and temperatures enter model files.
package func exponential(_ value: Double) -> Double {
    guard value > -700 else { return 0 }
    let power = (value * 1.4426950408889634).rounded()
    // ln 2 in two parts: the product of the first with a power of up to ten bits is exact.
    let rest = (value - power * 0x1.62e42feep-1) - power * 0x1.a39ef35793c76p-33
    var polynomial = 1.0
    for divisor in stride(from: 13.0, to: 0, by: -1) {
        polynomial = 1 + polynomial * rest / divisor
    }
    return Double(sign: .plus, exponent: Int(power), significand: polynomial)
}
