import Foundation

/// The regularized upper incomplete gamma function Q(a, x), the share of a gamma distribution of shape `a` that lies
/// above `x`.
///
/// By its series below a + 1 (Abramowitz and Stegun 1964, 6.5.29) and its continued fraction above (6.5.31) with
/// Lentz's method.
package func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
    precondition(a > 0, "the shape of a gamma distribution is positive")
    if x <= 0 { return 1 }
    if x == .infinity { return 0 }
    // xᵃe⁻ˣ/Γ(a + 1), from deviations so that no large logarithms cancel.
    let deviation = (x - a) / a
    let front = exp(a * (log1p(deviation) - deviation) - stirlingCorrection(a)) / (2 * Double.pi * a).squareRoot()
    if x < a + 1 {
        var term = 1.0
        var sum = 1.0
        var shape = a
        while term > 1e-17 * sum {
            shape += 1
            term *= x / shape
            sum += term
        }
        return max(0, 1 - front * sum)
    }
    let tiny = 1e-300
    var base = x + 1 - a
    var numerators = 1 / tiny
    var denominators = 1 / base
    var fraction = denominators
    for step in 1...100_000 {
        let term = -Double(step) * (Double(step) - a)
        base += 2
        denominators = term * denominators + base
        denominators = 1 / (abs(denominators) < tiny ? tiny : denominators)
        numerators = base + term / numerators
        if abs(numerators) < tiny { numerators = tiny }
        let change = numerators * denominators
        fraction *= change
        if abs(change - 1) < 1e-16 { break }
    }
    return front * a * fraction
}

/// The share of a χ² distribution that lies above `value`.
package func chiSquareUpperTail(_ value: Double, degreesOfFreedom: Int) -> Double {
    degreesOfFreedom == 0 ? 1 : upperIncompleteGamma(0.5 * Double(degreesOfFreedom), 0.5 * value)
}
