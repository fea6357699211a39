import Foundation

/// Finds, among the texts that were put in, those whose shingle sets have at least a given Jaccard similarity.
///
/// Candidates share a band of MinHash minima (locality-sensitive hashing; Indyk, Motwani 1998) and are then compared
/// exactly, so all that is found is similar. A pair at the threshold is missed with a probability below `missProbability`,
/// a more similar one with less. Per text it keeps its shingles (8 bytes each) and at most 128 bands (32 bytes each).
struct SimilarTextIndex {
    static let largestMinimaCount = 256
    static let missProbability = 1e-4

    private let threshold: Double
    /// Shingles of each text, ascending.
    private let sets: [[UInt64]]
    /// Band keys of each text.
    private let keys: [[UInt64]]
    private var table: ChainedTable

    /// - Parameter threshold: similarity above 0, at most 1.
    init(_ normalized: [String], threshold: Double) {
        precondition(threshold > 0 && threshold <= 1, "a similarity is in (0, 1]")
        self.threshold = threshold
        let bands = Bands(threshold: threshold)
        let sketches = concurrentMap(normalized) { text in
            let set = Shingles.of(text)
            return (set: set, keys: bands.keys(of: set))
        }
        sets = sketches.map(\.set)
        keys = sketches.map(\.keys)
        table = ChainedTable(capacity: normalized.count * bands.count)
    }

    /// Makes a text findable.
    mutating func insert(_ text: Int) {
        for key in keys[text] { table.insert(Int32(text), key: key) { _ in false } }
    }

    /// The first findable text that is similar to `text`.
    func firstSimilar(to text: Int) -> Int? {
        var found: [Int] = []
        for key in keys[text] {
            var entry = table.newest(key)
            while let current = entry {
                found.append(Int(table.text(current)))
                entry = table.before(current)
            }
        }
        found.sort()
        var last = -1
        return found.first { candidate in
            defer { last = candidate }
            return candidate != last && isSimilar(candidate, text)
        }
    }

    /// Makes a text findable and joins its group with those of all findable texts that are similar to it.
    mutating func join(_ text: Int, in groups: inout DisjointSets) {
        var dissimilar: Set<Int32> = []
        for key in keys[text] {
            var entry = table.newest(key)
            while let current = entry {
                let candidate = table.text(current)
                var isJoined = groups.root(of: Int(candidate)) == groups.root(of: text)
                if !isJoined, !dissimilar.contains(candidate) {
                    isJoined = isSimilar(Int(candidate), text)
                    if isJoined {
                        groups.unite(text, Int(candidate))
                    } else {
                        dissimilar.insert(candidate)
                    }
                }
                entry = isJoined ? table.beforeGroup(current) : table.before(current)
            }
        }
        for key in keys[text] {
            table.insert(Int32(text), key: key) { groups.root(of: Int($0)) == groups.root(of: text) }
        }
    }

    private func isSimilar(_ left: Int, _ right: Int) -> Bool {
        Shingles.areSimilar(sets[left], sets[right], threshold: threshold)
    }
}

/// How minima become bands: the widest that stay below `missProbability` at the threshold. A pair of similarity t shares
/// none of b bands of r minima with probability (1 − tʳ)ᵇ.
private struct Bands {
    let width: Int
    let count: Int

    init(threshold: Double) {
        // From five minima a band on, chance meets so rarely that more only cost time.
        (width, count) =
            (1...5).reversed().lazy.map { width in
                let shared = min(pow(threshold, Double(width)), 1 - .ulpOfOne)
                return (width, max(1, Int((log(SimilarTextIndex.missProbability) / log(1 - shared)).rounded(.up))))
            }.first { $0.0 * $0.1 <= SimilarTextIndex.largestMinimaCount }
            ?? (1, SimilarTextIndex.largestMinimaCount)
    }

    func keys(of set: [UInt64]) -> [UInt64] {
        let minima = MinHash.minima(of: set, count: width * count)
        return (0..<count).map { band in
            var hash = StableHash(seed: UInt64(band))
            for minimum in minima[band * width..<(band + 1) * width] { hash.combine(UInt64(minimum)) }
            return hash.value
        }
    }
}

/// Texts by key; those of one key in a chain from the newest on.
private struct ChainedTable {
    private struct Entry {
        let key: UInt64
        let text: Int32
        let before: Int32
        /// The newest one before it that was of another group when this one came.
        let beforeGroup: Int32
    }

    /// The newest entry of each key, at the first free place from the key on; −1 where there is none.
    private var slots: [Int32]
    private var entries: [Entry] = []

    /// - Parameter capacity: the most entries there will be.
    init(capacity: Int) {
        var size = 16
        while size < capacity + capacity / 2 { size *= 2 }
        slots = Array(repeating: -1, count: size)
    }

    func newest(_ key: UInt64) -> Int? { index(slots[slot(of: key)]) }
    func text(_ entry: Int) -> Int32 { entries[entry].text }
    func before(_ entry: Int) -> Int? { index(entries[entry].before) }
    func beforeGroup(_ entry: Int) -> Int? { index(entries[entry].beforeGroup) }

    /// - Parameter isOfGroup: whether a text is of the same group as this one.
    mutating func insert(_ text: Int32, key: UInt64, isOfGroup: (Int32) -> Bool) {
        let slot = slot(of: key)
        let before = slots[slot]
        let beforeGroup =
            before >= 0 && isOfGroup(entries[Int(before)].text) ? entries[Int(before)].beforeGroup : before
        slots[slot] = Int32(entries.count)
        entries.append(Entry(key: key, text: text, before: before, beforeGroup: beforeGroup))
    }

    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
        while slots[slot] >= 0, entries[Int(slots[slot])].key != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private func index(_ entry: Int32) -> Int? { entry < 0 ? nil : Int(entry) }
}
