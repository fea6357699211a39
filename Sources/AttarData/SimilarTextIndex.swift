import Foundation

/// Finds, among the texts that were put in, those whose shingle sets have at least a given Jaccard similarity.
///
/// Candidates share a band of MinHash minima (locality-sensitive hashing; Indyk, Motwani 1998) and are then compared
/// exactly, so all that is found is similar. A pair at the threshold is missed with a probability below `missProbability`,
/// a more similar one with less.
struct SimilarTextIndex {
    static let minimaCount = 256
    static let missProbability = 1e-4

    private let threshold: Double
    /// Shingles of each text, ascending.
    private let sets: [[UInt64]]
    /// Band keys of each text.
    private let keys: [[UInt64]]
    /// The newest entry of each band key, and for each entry its text and the entry before it.
    private var newest: [UInt64: Int32] = [:]
    private var entries: [(text: Int32, before: Int32)] = []

    /// - Parameter threshold: similarity above 0, at most 1.
    init(_ normalized: [String], threshold: Double) {
        precondition(threshold > 0 && threshold <= 1, "a similarity is in (0, 1]")
        self.threshold = threshold
        sets = normalized.map(Shingles.of)
        let minimaPerBand = Self.minimaPerBand(threshold: threshold)
        keys = sets.map { Self.bandKeys(MinHash.minima(of: $0, count: Self.minimaCount), minimaPerBand: minimaPerBand) }
    }

    /// Makes a text findable.
    mutating func insert(_ text: Int) {
        for key in keys[text] {
            entries.append((Int32(text), newest.updateValue(Int32(entries.count), forKey: key) ?? -1))
        }
    }

    /// The findable texts that may be similar to `text`, each once, in ascending order; `isSimilar` decides.
    func candidates(for text: Int) -> [Int] {
        var found: [Int] = []
        for key in keys[text] {
            var entry = newest[key] ?? -1
            while entry >= 0 {
                found.append(Int(entries[Int(entry)].text))
                entry = entries[Int(entry)].before
            }
        }
        found.sort()
        var last = -1
        found.removeAll { candidate in
            defer { last = candidate }
            return candidate == last
        }
        return found
    }

    func isSimilar(_ left: Int, _ right: Int) -> Bool {
        let (fewer, more) = (min(sets[left].count, sets[right].count), max(sets[left].count, sets[right].count))
        guard Double(fewer) >= threshold * Double(more) else { return false }
        return Shingles.jaccard(sets[left], sets[right]) >= threshold
    }

    /// The widest bands, so the fewest candidates, that still miss next to nothing: a pair of similarity t shares none of
    /// b bands of r minima with probability (1 − tʳ)ᵇ.
    private static func minimaPerBand(threshold: Double) -> Int {
        (1...16).last { width in
            pow(1 - pow(threshold, Double(width)), Double(minimaCount / width)) < missProbability
        } ?? 1
    }

    private static func bandKeys(_ minima: [UInt32], minimaPerBand: Int) -> [UInt64] {
        (0..<minima.count / minimaPerBand).map { band in
            var hash = StableHash(seed: UInt64(band))
            for minimum in minima[band * minimaPerBand..<(band + 1) * minimaPerBand] { hash.combine(UInt64(minimum)) }
            return hash.value
        }
    }
}
