import AttarRuntime

/// The features or tokens of many texts, without padding: those of text i stand at `offsets[i]..<offsets[i + 1]`.
package struct PackedFeatures: Sendable {
    package private(set) var ids: [UInt32] = []
    /// One an id; empty for tokens, which have none.
    package private(set) var weights: [Float] = []
    package private(set) var offsets: [Int] = [0]
    /// Texts longer than the featurizer's limit.
    package private(set) var truncatedTexts = 0

    package var count: Int { offsets.count - 1 }

    /// Ids of a text.
    package func length(_ text: Int) -> Int { offsets[text + 1] - offsets[text] }

    /// Most ids of one text.
    package var longest: Int { (0..<count).reduce(0) { max($0, length($1)) } }

    package init(_ texts: [String], featurizer: NGramFeaturizer) { self.init(texts, featurizer: .nGrams(featurizer)) }

    package init(_ texts: [String], featurizer: Featurizer) {
        let parts = ParallelMap.chunks(of: texts.count, size: 512) { range in
            Self.featurized(texts[range], featurizer)
        }
        for part in parts {
            ids += part.ids
            weights += part.weights
            let base = offsets[offsets.count - 1]
            offsets += part.offsets.dropFirst().map { base + $0 }
            truncatedTexts += part.truncatedTexts
        }
    }

    /// Features that are at hand: those of text i stand at `offsets[i]..<offsets[i + 1]`.
    package init(ids: [UInt32], weights: [Float], offsets: [Int], truncatedTexts: Int = 0) {
        precondition(ids.count == weights.count || weights.isEmpty)
        precondition(offsets.first == 0 && offsets.last == ids.count)
        self.ids = ids
        self.weights = weights
        self.offsets = offsets
        self.truncatedTexts = truncatedTexts
    }

    /// Tokens that are at hand.
    package init(tokens ids: [UInt32], offsets: [Int], truncatedTexts: Int = 0) {
        self.init(ids: ids, weights: [], offsets: offsets, truncatedTexts: truncatedTexts)
    }

    private init() {}

    private static func featurized(_ texts: ArraySlice<String>, _ featurizer: Featurizer) -> PackedFeatures {
        var part = PackedFeatures()
        let scratch = NGramScratch(for: featurizer)
        let capacity = featurizer.mostIds
        let ids = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        let weights = featurizer.hasWeights ? UnsafeMutablePointer<Float>.allocate(capacity: capacity) : nil
        defer {
            ids.deallocate()
            weights?.deallocate()
        }
        for var text in texts {
            let (count, _, isTruncated) = text.withUTF8 {
                featurizer.featurize($0, scratch: scratch, ids: ids, weights: weights)
            }
            part.ids += UnsafeBufferPointer(start: ids, count: count)
            if let weights { part.weights += UnsafeBufferPointer(start: weights, count: count) }
            part.offsets.append(part.ids.count)
            if isTruncated { part.truncatedTexts += 1 }
        }
        return part
    }
}
