/// A short sketch of a set, from which the Jaccard similarity of two sets is estimated (Broder 1997).
///
/// Of 128 minima (`MinHash`) 16 bits each are kept; four neighbours make a band. Sets of similarity s agree in a
/// minimum with probability s, so the estimate's standard error is √(s(1−s)/128), and they share a band with
/// probability 1 − (1 − s⁴)³², which is over 0.9999 from s = 0.72.
struct MinHashSignature: Equatable, Sendable {
    static let bandCount = 32
    static let minimaPerBand = 4

    let bands: [UInt64]

    init(bands: [UInt64]) {
        self.bands = bands
    }

    init(of set: [UInt64]) {
        let minima = MinHash.minima(of: set, count: Self.bandCount * Self.minimaPerBand)
        bands = (0..<Self.bandCount).map { band in
            // The high bits of a minimum are nearly always zero.
            minima[band * Self.minimaPerBand..<(band + 1) * Self.minimaPerBand]
                .reduce(0) { $0 << 16 | UInt64($1 & 0xFFFF) }
        }
    }

    /// Estimated Jaccard similarity.
    func similarity(to other: MinHashSignature) -> Double {
        var equal = 0
        for (left, right) in zip(bands, other.bands) {
            let difference = left ^ right
            for index in 0..<Self.minimaPerBand where difference >> UInt64(16 * index) & 0xFFFF == 0 { equal += 1 }
        }
        return Double(equal) / Double(Self.bandCount * Self.minimaPerBand)
    }

    /// Each band with its place in it, to look candidates up by.
    var bandKeys: [UInt64] {
        bands.enumerated().map { StableHash.mix($1 &+ UInt64($0) &* 0xD6E8_FEB8_6659_FD93) }
    }
}
