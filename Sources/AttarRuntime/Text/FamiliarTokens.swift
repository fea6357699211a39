/// Which tokens and pairs of neighbouring tokens training saw: a bitmap of their hashes, which holds no text.
///
/// The share of a text's that are among them is how familiar the text is: texts of another domain have fewer.
public struct FamiliarTokens: Sendable, Equatable {
    /// Bit b of word w stands for bucket 64 w + b.
    public private(set) var words: [UInt64]

    /// Most buckets that a bitmap may have.
    public static let mostBuckets = 1 << 24

    public init(words: [UInt64]) { self.words = words }

    /// Those of texts: at least four times as many buckets as there are, so that at most one in four that training never saw
    /// counts as seen; but no more than 64 KB of them.
    public init(of texts: [String], featurizer: Featurizer) {
        var fine = FamiliarTokens(words: [UInt64](repeating: 0, count: Self.mostBuckets / 64))
        featurizer.forEach(of: texts) { _, tokens in
            for bucket in fine.bucketList(of: tokens) { fine.insert(bucket) }
        }
        var distinct = fine.count
        // A bucket's upper bits are the bucket among half as many, so bits fold by neighbours.
        while fine.buckets > 1 << 19 || fine.buckets > 1024 && fine.buckets >= 8 * distinct {
            fine.halve()
            distinct = fine.count
        }
        self = fine
    }

    public var buckets: Int { words.count * 64 }

    /// Buckets that are seen.
    public var count: Int {
        var count = 0
        for word in words { count += word.nonzeroBitCount }
        return count
    }

    /// How familiar each text is: `share(of:)`, but 0 where the text has no feature.
    public func familiarities(of texts: [String], featurizer: Featurizer) -> [Float] {
        var found: [Float] = []
        featurizer.forEach(of: texts) { features, tokens in found.append(features > 0 ? share(of: tokens) : 0) }
        return found
    }

    private func bucketList(of tokens: UnsafeBufferPointer<UInt32>) -> [UInt32] {
        var list: [UInt32] = []
        forEach(in: tokens) { list.append($0) }
        return list
    }

    /// The share of the tokens and pairs that training saw, 0…1; 0 of nothing.
    ///
    /// - Parameter tokens: hashes of a text's tokens, in order.
    func share(of tokens: UnsafeBufferPointer<UInt32>) -> Float {
        guard tokens.count > 0 else { return 0 }
        var seen = 0
        forEach(in: tokens) { bucket in
            if words[Int(bucket >> 6)] & (1 &<< UInt64(bucket)) != 0 { seen += 1 }
        }
        return Float(seen) / Float(2 * tokens.count - 1)
    }

    @inline(__always)
    private func forEach(in tokens: UnsafeBufferPointer<UInt32>, _ body: (_ bucket: UInt32) -> Void) {
        for index in 0..<tokens.count {
            var hash = Hash.combine(Hash.wordSeed, tokens[index])
            body(Hash.bucket(hash, of: buckets))
            guard index + 1 < tokens.count else { return }
            hash = Hash.combine(hash, tokens[index + 1])
            body(Hash.bucket(hash, of: buckets))
        }
    }

    private mutating func insert(_ bucket: UInt32) { words[Int(bucket >> 6)] |= 1 &<< UInt64(bucket) }

    private mutating func halve() {
        var half = FamiliarTokens(words: [UInt64](repeating: 0, count: words.count / 2))
        for (index, word) in words.enumerated() where word != 0 {
            for bit in 0..<64 where word & (1 << UInt64(bit)) != 0 { half.insert(UInt32(index * 64 + bit) / 2) }
        }
        self = half
    }
}

extension Featurizer {
    /// Calls `body` with the number of features and the hashes of the tokens of each text.
    fileprivate func forEach(of texts: [String], _ body: (_ features: Int, UnsafeBufferPointer<UInt32>) -> Void) {
        let scratch = NGramScratch(for: self)
        let ids = UnsafeMutablePointer<UInt32>.allocate(capacity: mostIds)
        let weights = hasWeights ? UnsafeMutablePointer<Float>.allocate(capacity: mostIds) : nil
        defer {
            ids.deallocate()
            weights?.deallocate()
        }
        for var text in texts {
            let (features, tokens, _) = text.withUTF8 {
                featurize($0, scratch: scratch, ids: ids, weights: weights)
            }
            body(features, UnsafeBufferPointer(start: scratch.tokens, count: tokens))
        }
    }
}
