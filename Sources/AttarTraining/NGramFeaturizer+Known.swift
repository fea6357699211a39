import AttarRuntime

extension NGramFeaturizer {
    /// This featurizer, whose features are the n-grams that occur in `texts`: at most about `most` of them, those of the
    /// most texts first.
    ///
    /// There are at least eight times as many buckets as rows, so that at most one unseen n-gram in eight is taken for
    /// a known one.
    package func keepingNGrams(of texts: [String], most: Int) -> NGramFeaturizer {
        var fine = self
        fine.buckets = KnownBuckets.mostBuckets
        var texted = fine.textCounts(texts)
        var distinct = texted.count { $0 > 0 }
        // A bucket's upper bits are the bucket among half as many, so counts fold by neighbours.
        while texted.count > 1024, texted.count >= 16 * min(distinct, most) {
            texted = stride(from: 0, to: texted.count, by: 2).map { max(texted[$0], texted[$0 + 1]) }
            distinct = texted.count { $0 > 0 }
        }
        let least = Self.leastCount(texted, most: most)
        var words = [UInt64](repeating: 0, count: texted.count / 64)
        var left = most
        // Those above the least count, then of the others as many as there is room for, by bucket.
        for (bucket, count) in texted.enumerated() where count > least {
            words[bucket / 64] |= 1 << UInt64(bucket % 64)
            left -= 1
        }
        for (bucket, count) in texted.enumerated() where count == least && count > 0 && left > 0 {
            words[bucket / 64] |= 1 << UInt64(bucket % 64)
            left -= 1
        }
        return keeping(KnownBuckets(words: words))
    }

    /// In how many texts each bucket occurs.
    private func textCounts(_ texts: [String]) -> [UInt32] {
        let features = PackedFeatures(texts, featurizer: self)
        var counts = [UInt32](repeating: 0, count: buckets)
        var lastText = [UInt32](repeating: .max, count: buckets)
        for text in 0..<features.count {
            for id in features.ids[features.offsets[text]..<features.offsets[text + 1]]
            where lastText[Int(id)] != UInt32(text) {
                lastText[Int(id)] = UInt32(text)
                counts[Int(id)] += 1
            }
        }
        return counts
    }

    /// The largest count such that at least `most` buckets have it or more; 0 where there are fewer.
    private static func leastCount(_ counts: [UInt32], most: Int) -> UInt32 {
        let sorted = counts.filter { $0 > 0 }.sorted(by: >)
        return sorted.count > most ? sorted[most - 1] : 0
    }
}
