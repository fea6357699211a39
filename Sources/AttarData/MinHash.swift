/// Minima of a set under many hash functions (Broder 1997): two sets of Jaccard similarity s agree in each with
/// probability s.
enum MinHash {
    /// The most minima that can be asked for.
    static let largestCount = 256

    /// `set` holds distinct numbers; none at all gives the largest minima.
    static func minima(of set: [UInt64], count: Int) -> [UInt32] {
        precondition(count <= largestCount, "more minima than hash functions")
        var minima = [UInt32](repeating: .max, count: count)
        minima.withUnsafeMutableBufferPointer { minima in
            factors.withUnsafeBufferPointer { factors in
                offsets.withUnsafeBufferPointer { offsets in
                    for element in set {
                        // One good hash, then a bijection of 32-bit numbers for each function.
                        let hash = UInt32(truncatingIfNeeded: StableHash.mix(element &+ 0x9E37_79B9_7F4A_7C15) >> 32)
                        for index in 0..<count {
                            minima[index] = min(minima[index], (hash ^ offsets[index]) &* factors[index])
                        }
                    }
                }
            }
        }
        return minima
    }

    private static let factors = (1...UInt64(largestCount)).map {
        UInt32(truncatingIfNeeded: StableHash.mix(2 * $0)) | 1
    }
    private static let offsets = (1...UInt64(largestCount)).map {
        UInt32(truncatingIfNeeded: StableHash.mix(2 * $0 + 1))
    }
}
