import AttarRuntime
import Foundation

/// The features of many texts, without padding: those of text i stand at `offsets[i]..<offsets[i + 1]`.
package struct PackedFeatures: Sendable {
    package private(set) var ids: [UInt32] = []
    package private(set) var weights: [Float] = []
    package private(set) var offsets: [Int] = [0]
    /// Texts longer than the featurizer's limit.
    package private(set) var truncatedTexts = 0

    package var count: Int { offsets.count - 1 }

    /// Most features of one text.
    package var longest: Int { zip(offsets.dropFirst(), offsets).reduce(0) { max($0, $1.0 - $1.1) } }

    package init(_ texts: [String], featurizer: NGramFeaturizer) {
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
    package init(ids: [UInt32], weights: [Float], offsets: [Int]) {
        precondition(ids.count == weights.count && offsets.first == 0 && offsets.last == ids.count)
        self.ids = ids
        self.weights = weights
        self.offsets = offsets
    }

    private init() {}

    private static func featurized(_ texts: ArraySlice<String>, _ featurizer: NGramFeaturizer) -> PackedFeatures {
        var part = PackedFeatures()
        let scratch = NGramScratch(for: featurizer)
        let capacity = featurizer.mostFeatures(bytes: featurizer.maximumBytes)
        let ids = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        let weights = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
        defer {
            ids.deallocate()
            weights.deallocate()
        }
        for var text in texts {
            let count = text.withUTF8 { featurizer.featurize($0, scratch: scratch, ids: ids, weights: weights) }
            part.ids += UnsafeBufferPointer(start: ids, count: count)
            part.weights += UnsafeBufferPointer(start: weights, count: count)
            part.offsets.append(part.ids.count)
            if text.utf8.count > featurizer.maximumBytes { part.truncatedTexts += 1 }
        }
        return part
    }
}

/// Work on index ranges over all cores; results come in the order of the ranges.
package enum ParallelMap {
    package static func chunks<Result: Sendable>(
        of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Result
    ) -> [Result] {
        let chunks = (count + size - 1) / size
        let results = Slots<Result>(count: chunks)
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            results[chunk] = body((chunk * size)..<min((chunk + 1) * size, count))
        }
        return results.values
    }

    /// One place a chunk: each is written by one thread and read after all are done.
    private final class Slots<Element>: @unchecked Sendable {
        private let storage: UnsafeMutableBufferPointer<Element?>

        init(count: Int) {
            storage = .allocate(capacity: count)
            storage.initialize(repeating: nil)
        }

        deinit {
            storage.deinitialize()
            storage.deallocate()
        }

        subscript(index: Int) -> Element? {
            get { storage[index] }
            set { storage[index] = newValue }
        }

        var values: [Element] { storage.compactMap(\.self) }
    }
}
