import AttarRuntime
import AttarTraining

/// Texts as vectors of their words, weighed by rarity, of length one: tf-idf (Spärck Jones 1972).
struct WordVectors: Sendable {
    private let features: PackedFeatures
    private let weights: [Float]

    private static let buckets = 1 << 18
    /// Words of more than this share of the texts tell nothing.
    private static let commonShare = 0.2

    init(of texts: [String]) {
        features = PackedFeatures(
            texts,
            featurizer: NGramFeaturizer(
                buckets: Self.buckets, wordLength: 1, shortestCharacters: 4, longestCharacters: 4,
                characterScale: 1))
        var counts = [Int32](repeating: 0, count: Self.buckets)
        var last = [Int32](repeating: -1, count: Self.buckets)
        for text in 0..<features.count {
            for id in features.ids[features.offsets[text]..<features.offsets[text + 1]] where last[Int(id)] != text {
                last[Int(id)] = Int32(text)
                counts[Int(id)] += 1
            }
        }
        let all = Double(max(features.count, 1))
        let rarity = counts.map { count -> Float in
            let share = Double(count) / all
            guard count > 0, count < 20 || share <= Self.commonShare else { return 0 }
            return Float(-CanonicalMath.logarithm(share / (1 + 1e-9)))
        }
        var weights = [Float](repeating: 0, count: features.ids.count)
        for text in 0..<features.count {
            let range = features.offsets[text]..<features.offsets[text + 1]
            var square: Float = 0
            for place in range {
                weights[place] = features.weights[place] * rarity[Int(features.ids[place])]
                square += weights[place] * weights[place]
            }
            let scale = square > 0 ? 1 / square.squareRoot() : 0
            for place in range { weights[place] *= scale }
        }
        self.weights = weights
    }

    /// Positions in `rows` of `count` texts, one by one the one of the largest utility · √(1 − s), s its largest similarity to
    /// one taken before or to one of `near`.
    func spread(_ count: Int, of rows: [Int], utilities: [Double], unlike near: [Int]) -> [Int] {
        let index = Postings(of: rows, self)
        var similarities = [Float](repeating: 0, count: rows.count)
        var sums = [Float](repeating: 0, count: rows.count)
        func note(_ text: Int) {
            index.similarities(to: text, of: self, into: &sums)
            for position in sums.indices { similarities[position] = max(similarities[position], sums[position]) }
        }
        for text in near { note(text) }
        var isTaken = [Bool](repeating: false, count: rows.count)
        var taken: [Int] = []
        while taken.count < min(count, rows.count) {
            var best = (position: -1, value: -1.0)
            for position in rows.indices where !isTaken[position] {
                let value = utilities[position] * Double(max(1 - similarities[position], 0)).squareRoot()
                if value > best.value { best = (position, value) }
            }
            guard best.position >= 0 else { break }
            isTaken[best.position] = true
            taken.append(best.position)
            note(rows[best.position])
        }
        return taken
    }

    fileprivate func forEachWord(of text: Int, _ body: (UInt32, Float) -> Void) {
        for place in features.offsets[text]..<features.offsets[text + 1] where weights[place] > 0 {
            body(features.ids[place], weights[place])
        }
    }

    /// In which of some texts each word stands.
    private struct Postings {
        private var starts = [Int32](repeating: 0, count: WordVectors.buckets + 1)
        private var positions: [Int32] = []
        private var weights: [Float] = []

        init(of rows: [Int], _ vectors: WordVectors) {
            for row in rows { vectors.forEachWord(of: row) { id, _ in starts[Int(id) + 1] += 1 } }
            for id in 1...WordVectors.buckets { starts[id] += starts[id - 1] }
            var next = starts
            positions = Array(repeating: 0, count: Int(starts[WordVectors.buckets]))
            weights = Array(repeating: 0, count: positions.count)
            for (position, row) in rows.enumerated() {
                vectors.forEachWord(of: row) { id, weight in
                    positions[Int(next[Int(id)])] = Int32(position)
                    weights[Int(next[Int(id)])] = weight
                    next[Int(id)] += 1
                }
            }
        }

        func similarities(to text: Int, of vectors: WordVectors, into sums: inout [Float]) {
            for position in sums.indices { sums[position] = 0 }
            vectors.forEachWord(of: text) { id, weight in
                for place in Int(starts[Int(id)])..<Int(starts[Int(id) + 1]) {
                    sums[Int(positions[place])] += weight * weights[place]
                }
            }
        }
    }
}
