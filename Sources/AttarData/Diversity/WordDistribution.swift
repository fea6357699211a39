import Foundation

/// How often words occur, in 256 buckets by hash: coarse enough to compare texts with held-out ones that must not be read.
///
/// A bucket holds hundreds of the words of a language, and counts are kept as shares in steps of 1/65535 without their
/// total: which of its words occurred, and in which text, cannot be told. Of fewer than `leastTexts` texts nothing is kept.
package struct WordDistribution: Codable, Equatable, Sendable {
    static let bucketCount = 256
    static let leastTexts = 50

    package let shares: [UInt16]

    /// Nil for fewer than `leastTexts` texts.
    package init?(of texts: [String]) {
        guard texts.count >= Self.leastTexts else { return nil }
        var counts = [Int](repeating: 0, count: Self.bucketCount)
        for bucket in concurrentMap(texts, Self.buckets).joined() { counts[Int(bucket)] += 1 }
        let total = Double(max(1, counts.reduce(0, +)))
        shares = counts.map { UInt16((Double($0) / total * 65535).rounded()) }
    }

    init?(shares: [UInt16]) {
        guard shares.count == Self.bucketCount else { return nil }
        self.shares = shares
    }

    /// Jensen–Shannon divergence in bits (Lin 1991): 0 for equal distributions, 1 for such that share no bucket.
    package func divergence(from other: WordDistribution) -> Double {
        zip(normalized, other.normalized).reduce(0) { sum, pair in
            let middle = (pair.0 + pair.1) / 2
            func part(_ share: Double) -> Double { share > 0 ? share * log2(share / middle) / 2 : 0 }
            return sum + part(pair.0) + part(pair.1)
        }
    }

    private var normalized: [Double] {
        let total = max(1, shares.reduce(0) { $0 + Double($1) })
        return shares.map { Double($0) / total }
    }

    private static func buckets(_ text: String) -> [UInt8] {
        NormalizedWords(text).hashes.map { UInt8($0 >> 56) }
    }
}
