import AttarRuntime
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Known n-grams")
struct KnownNGramTests {
    private let featurizer = NGramFeaturizer(buckets: 1000)

    private func texts(_ count: Int, seed: UInt64) -> [String] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in RandomText.sentence(words: 8, &random) }
    }

    @Test("are all of the training texts' where there is room, each with a row, with room for few others")
    func allOfTheTexts() {
        let texts = texts(60, seed: 1)
        let known = featurizer.keepingNGrams(of: texts, most: 1 << 20)
        let features = PackedFeatures(texts, featurizer: known)
        #expect(features.ids == PackedFeatures(texts, featurizer: known).ids)
        #expect(Set(features.ids) == Set(0..<UInt32(known.rows)))
        // Nothing is left out: as many features as without the bitmap.
        var hashed = featurizer
        hashed.buckets = known.buckets
        #expect(features.offsets == PackedFeatures(texts, featurizer: hashed).offsets)
        #expect(known.buckets >= 8 * known.rows)
        let unseen = PackedFeatures(self.texts(60, seed: 2), featurizer: known).ids.count
        let allUnseen = PackedFeatures(self.texts(60, seed: 2), featurizer: hashed).ids.count
        #expect(unseen < allUnseen / 2)
    }

    @Test("are the most frequent ones where there is little room", arguments: [1, 10, 300])
    func mostFrequent(most: Int) {
        let texts = texts(200, seed: 3)
        let known = featurizer.keepingNGrams(of: texts, most: most)
        #expect(known.rows == most)
        // Of n-grams that share a bucket the most frequent one counts.
        var fine = featurizer
        fine.buckets = KnownBuckets.mostBuckets
        let features = PackedFeatures(texts, featurizer: fine)
        var textsOf: [UInt32: Int] = [:]
        for text in texts.indices {
            for id in Set(features.ids[features.offsets[text]..<features.offsets[text + 1]]) {
                textsOf[id, default: 0] += 1
            }
        }
        var counts = [Int](repeating: 0, count: known.buckets)
        for (id, count) in textsOf {
            let bucket = Int(id) / (fine.buckets / known.buckets)
            counts[bucket] = max(counts[bucket], count)
        }
        let isKnown = (0..<known.buckets).map { (known.known?.words[$0 / 64] ?? 0) >> UInt64($0 % 64) & 1 == 1 }
        let least = counts.indices.filter { isKnown[$0] }.map { counts[$0] }.min() ?? 0
        let left = counts.indices.filter { !isKnown[$0] }.map { counts[$0] }.max() ?? 0
        #expect(least >= left)
    }

    @Test("of no text are none")
    func noTexts() {
        let known = featurizer.keepingNGrams(of: [], most: 10)
        #expect(known.rows == 0)
        #expect(PackedFeatures(["anything"], featurizer: known).ids.isEmpty)
    }
}
