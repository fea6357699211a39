/// A small seeded generator of uniform random numbers: the same seed gives the same sequence on every machine.
///
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0 ..< 1 with 53 random bits.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number in 0 ..< bound. The standard library's own draws may change between versions; this one does not.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a bound must be positive")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number from the Poisson distribution of mean 1, by multiplying uniform ones (Knuth 1969, §3.4.1).
    mutating func poissonOfMeanOne() -> Int {
        var count = 0
        var product = uniform()
        while product > 0.36787944117144233 {
            count += 1
            product *= uniform()
        }
        return count
    }

    /// A number from the standard normal distribution, by inversion.
    package mutating func normal() -> Double {
        normalQuantile((Double(next() >> 12) + 0.5) * 0x1p-52)
    }

    /// The elements in a random order (Fisher and Yates).
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var shuffled = elements
        for last in stride(from: shuffled.count - 1, to: 0, by: -1) {
            shuffled.swapAt(last, below(last + 1))
        }
        return shuffled
    }
}
