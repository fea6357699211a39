/// Which hash buckets hold an n-gram that training saw: a bitmap with ranks. The i-th of them is row i of the table.
///
/// N-grams that training never saw land on some bucket too; without this they would add another n-gram's row. With it
/// all but a few of them are left out, and the table has no row that nothing uses.
public struct KnownBuckets: Sendable, Equatable {
    /// Bit b of word w stands for bucket 64 w + b.
    public let words: [UInt64]
    /// Known buckets: rows of the table.
    public let rows: Int
    /// Known buckets before each word.
    private let ranks: [UInt32]

    /// Most buckets that a bitmap may have.
    public static let mostBuckets = 1 << 24

    public init(words: [UInt64]) {
        var ranks: [UInt32] = []
        ranks.reserveCapacity(words.count)
        var rows: UInt32 = 0
        for word in words {
            ranks.append(rows)
            rows += UInt32(word.nonzeroBitCount)
        }
        self.words = words
        self.ranks = ranks
        self.rows = Int(rows)
    }

    public var buckets: Int { words.count * 64 }

    /// The row of a bucket; nil where training never saw it.
    @inline(__always)
    func row(of bucket: UInt32) -> UInt32? {
        let (word, bit) = (Int(bucket >> 6), UInt64(1) << UInt64(bucket & 63))
        let bits = words[word]
        guard bits & bit != 0 else { return nil }
        return ranks[word] + UInt32((bits & (bit - 1)).nonzeroBitCount)
    }
}
