import Foundation

/// The share of a standard normal distribution that lies below `value`.
package func normalCumulative(_ value: Double) -> Double {
    0.5 * erfc(-value / 2.0.squareRoot())
}

/// The value below which a share `probability` of a standard normal distribution lies.
///
/// A rational first guess (Abramowitz and Stegun 1964, 26.2.23), then Halley's method on the cumulative distribution.
package func normalQuantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    if probability == 0.5 { return 0 }
    if probability > 0.5 { return -normalQuantile(1 - probability) }
    let root = (-2 * log(probability)).squareRoot()
    let numerator = 2.515517 + root * (0.802853 + root * 0.010328)
    let denominator = 1 + root * (1.432788 + root * (0.189269 + root * 0.001308))
    var value = numerator / denominator - root
    for _ in 0..<4 {
        let density = exp(-0.5 * value * value) / (2 * Double.pi).squareRoot()
        guard density > 0 else { break }
        let step = (normalCumulative(value) - probability) / density
        value -= step / (1 + 0.5 * value * step)
    }
    return value
}
