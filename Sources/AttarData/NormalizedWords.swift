/// A normalised text with a hash of each word.
struct NormalizedWords {
    let text: String
    let hashes: [UInt64]

    init(_ raw: String) {
        text = normalizedText(raw)
        hashes = text.utf8.split(separator: UInt8(ascii: " ")).map { StableHash.hash(String(Substring($0))) }
    }

    /// A hash of all words in their order.
    var whole: UInt64 { Self.hash(hashes[...]) }

    /// Hashes of each run of `length` neighbours with enough distinct words; the run of all words has the hash `whole`.
    func runs(of length: Int, leastDistinct: Int = 1) -> [UInt64] {
        guard hashes.count >= length else { return [] }
        return (0...hashes.count - length).compactMap { first in
            let run = hashes[first..<first + length]
            return leastDistinct > 1 && Set(run).count < leastDistinct ? nil : Self.hash(run)
        }
    }

    private static func hash(_ words: ArraySlice<UInt64>) -> UInt64 {
        var hash = StableHash(seed: 8)
        for word in words { hash.combine(word) }
        return hash.value
    }
}
