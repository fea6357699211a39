import Foundation

/// A number and how far a float computation of it may be off.
package struct Bounded: Sendable {
    package var value: Double
    package var error: Double

    package init(_ value: Double, _ error: Double) {
        self.value = value
        self.error = error
    }
}

/// Rounding of single-precision arithmetic.
package enum Rounding {
    /// Relative error of one operation, doubled to make up for what first-order analysis leaves out.
    package static let unit = 0x1p-23
    /// Absolute errors below this are underflow.
    package static let smallest = 0x1p-125
    /// Relative error of the kernels' e^x; a test of its own holds them to it.
    package static let exponential = 1e-7
    /// Absolute error of the kernels' distribution function of the normal distribution.
    package static let errorFunction = 2.5e-7
    /// The kernels' e^x is held to arguments from here up.
    package static let smallestExponent = -87.0

    /// Relative error of exponentials that a kernel scaled anew as it found larger ones, block by block.
    package static func rescaling(_ count: Int) -> Double { Double(count / 16 + 1) * (exponential + 2 * unit) }

    /// Relative error of a sum of `count` products.
    package static func ofSum(_ count: Int) -> Double { Double(count + 2) * unit }
}

/// The product of two numbers, one rounding.
func times(_ a: Bounded, _ b: Bounded) -> Bounded {
    let product = a.value * b.value
    return Bounded(
        product,
        a.value.magnitude * b.error + b.value.magnitude * a.error + a.error * b.error + Rounding.unit
            * product.magnitude)
}

func plus(_ a: Bounded, _ b: Bounded) -> Bounded {
    Bounded(a.value + b.value, a.error + b.error + Rounding.unit * (a.value + b.value).magnitude)
}

/// A sum of products, in any order of additions.
func products(_ pairs: some Sequence<(Bounded, Bounded)>) -> Bounded {
    var (value, magnitude, error, count) = (0.0, 0.0, 0.0, 0)
    for (a, b) in pairs {
        value += a.value * b.value
        magnitude += (a.value * b.value).magnitude
        error += a.value.magnitude * b.error + b.value.magnitude * a.error + a.error * b.error
        count += 1
    }
    return Bounded(value, error + Rounding.ofSum(count) * magnitude)
}

/// A sum, in any order of additions.
func total(_ numbers: [Bounded]) -> Bounded {
    let magnitude = numbers.reduce(0) { $0 + $1.value.magnitude + $1.error }
    return Bounded(
        numbers.reduce(0) { $0 + $1.value },
        numbers.reduce(0) { $0 + $1.error } + Rounding.ofSum(numbers.count) * magnitude)
}

/// A quotient, one rounding.
func divided(_ a: Bounded, by b: Bounded) -> Bounded {
    let quotient = a.value / b.value
    let least = b.value.magnitude - b.error
    return Bounded(
        quotient, (a.error + quotient.magnitude * b.error) / least + Rounding.unit * quotient.magnitude)
}

func minus(_ a: Bounded, _ b: Bounded) -> Bounded { plus(a, Bounded(-b.value, b.error)) }

/// 1 / √x of a positive number; the kernel may do it in two steps.
func inverseRoot(_ x: Bounded) -> Bounded {
    let value = 1 / x.value.squareRoot()
    let most = 1 / max(x.value - x.error, x.value / 4).squareRoot()
    return Bounded(value, most - value + 2 * Rounding.unit * most)
}

/// The normal distribution.
enum NormalDistribution {
    static func cumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
    static func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
}
