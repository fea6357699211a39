/// Elementary functions with the same bits everywhere, for the few places outside kernels that need one.
package enum CanonicalMath {
    /// cos(π x) for x in 0...1 by its Taylor series around the nearer of 0 and 1/2.
    static func cosine(ofHalfTurns x: Float) -> Float {
        if x > 0.5 { return -cosine(ofHalfTurns: 1 - x) }
        let square = (Double(x) * Double.pi) * (Double(x) * Double.pi)
        var (term, sum) = (1.0, 1.0)
        for k in 1...12 {
            term *= -square / Double((2 * k - 1) * (2 * k))
            sum += term
        }
        return Float(sum)
    }

    /// Natural logarithm of a positive normal number: x = m·2^e with m near 1, then 2 artanh((m − 1) / (m + 1)) as a series.
    package static func logarithm(_ x: Double) -> Double {
        var mantissa = x.significand
        var exponent = Double(x.exponent)
        if mantissa > 2.0.squareRoot() {
            mantissa *= 0.5
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var sum = 1.0 / 19
        for k in stride(from: 17.0, through: 1, by: -2) { sum = sum * square + 1 / k }
        return exponent * 0.69314718055994531 + 2 * ratio * sum
    }
}
