/// Random numbers that a seed decides: the same in every run and on every machine (SplitMix64, Steele et al. 2014).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number in 0 ..< bound.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a bound must be positive")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A whole number in the range.
    package mutating func whole(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// A number in 0 ..< 1.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A float between -bound and bound, exact in single precision.
    package mutating func float(within bound: Float) -> Float { (Float(next() >> 40) * 0x1p-23 - 1) * bound }

    /// `count` floats between -bound and bound.
    package mutating func floats(_ count: Int, within bound: Float) -> [Float] {
        (0..<count).map { _ in float(within: bound) }
    }

    /// Whether an event of this probability happens.
    package mutating func happens(_ probability: Double) -> Bool { unit() < probability }

    /// One of the elements.
    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
