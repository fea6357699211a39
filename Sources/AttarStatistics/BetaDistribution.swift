import Foundation

/// The natural logarithm of the gamma function for positive arguments.
///
/// The C library's function is not used: it writes a global variable.
package func logGamma(_ argument: Double) -> Double {
    (argument - 0.5) * log(argument) - argument + 0.5 * log(2 * Double.pi) + stirlingCorrection(argument)
}

/// What Stirling's formula lacks: ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π).
///
/// Its series (Abramowitz and Stegun 1964, 6.1.41), after shifting the argument up to where eight terms suffice.
func stirlingCorrection(_ argument: Double) -> Double {
    precondition(argument > 0, "the argument must be positive")
    let shift = argument < 15 ? (15 - argument).rounded(.up) : 0
    let shifted = argument + shift
    let inverse = 1 / shifted
    let square = inverse * inverse
    let coefficients: [Double] = [
        1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400,
    ]
    let series = inverse * coefficients.reversed().reduce(0) { $0 * square + $1 }
    guard shift > 0 else { return series }
    let product = (0..<Int(shift)).reduce(1.0) { $0 * (argument + Double($1)) }
    return series + (shifted - 0.5) * log(shifted) - (argument - 0.5) * log(argument) - shift - log(product)
}

/// The regularized incomplete beta function I_x(a, b), the share of a beta distribution that lies below `x`.
///
/// By its continued fraction (Abramowitz and Stegun 1964, 26.5.8) with Lentz's method.
package func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    precondition(a > 0 && b > 0, "the parameters of a beta distribution are positive")
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - betaFraction(1 - x, b, a) }
    return betaFraction(x, a, b)
}

/// The value below which a share `probability` of a beta distribution lies, by bisection.
package func betaQuantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
    var lower = 0.0
    var upper = 1.0
    for _ in 0..<128 {
        let middle = 0.5 * (lower + upper)
        if middle <= lower || middle >= upper { break }
        if incompleteBeta(middle, a, b) < probability { lower = middle } else { upper = middle }
    }
    return 0.5 * (lower + upper)
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    // xᵃ(1−x)ᵇ/B(a, b), from deviations so that no large logarithms cancel (Loader 2000, "Fast and accurate computation
    // of binomial probabilities").
    let deviation = x * (a + b) - a
    let logFront =
        a * log1p(deviation / a) + b * log1p(-deviation / b) + 0.5 * (log(a) + log(b) - log(a + b) - log(2 * Double.pi))
        + stirlingCorrection(a + b) - stirlingCorrection(a) - stirlingCorrection(b)
    let tiny = 1e-300
    var numerators = 1.0
    var denominators = 1 - (a + b) * x / (a + 1)
    denominators = 1 / (abs(denominators) < tiny ? tiny : denominators)
    var fraction = denominators
    for step in 1...100_000 {
        let m = Double(step)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        var change = 1.0
        for term in [even, odd] {
            denominators = 1 + term * denominators
            denominators = 1 / (abs(denominators) < tiny ? tiny : denominators)
            numerators = 1 + term / numerators
            if abs(numerators) < tiny { numerators = tiny }
            change = numerators * denominators
            fraction *= change
        }
        if abs(change - 1) < 1e-16 { break }
    }
    return exp(logFront) * fraction / a
}
