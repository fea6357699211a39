/// What earlier stages may know of held-out texts: enough to recognise copies, not enough to read them.
///
/// Per text it keeps a hash of the normalised form, hashes of what light edits leave as it is (`EditForms`), hashes of its
/// runs of eight words, and the size and a MinHash signature (Broder 1997) of its `Shingles`; of all texts together, coarse
/// counts of words. There is no text and no label in it. It is no secret either: who has a text can ask whether it is held out, and who guesses well can ask often.
package struct Fingerprint: Equatable, Sendable {
    /// Why a text counts as held out.
    package enum Match: String, Codable, Sendable, CaseIterable {
        /// The same words in the same order; case, punctuation and spaces may differ.
        case exact
        /// The same words in another order, or a word apart; in a short text a letter apart.
        case edited
        /// A held-out text, or at least half of it word for word, stands within a longer one.
        case contained
        /// Nearly the same characters.
        case similar
    }

    /// The least Jaccard similarity of a copy, for short and for long texts. In a short text one changed word already makes
    /// another question or opinion, so there a copy must be closer.
    static let shortTextSimilarity = 0.85
    static let longTextSimilarity = 0.7
    /// Distinct shingles up to which a text is short, and from which on it is long; between them the bound falls evenly.
    static let shortTextShingles = 45.0
    static let longTextShingles = 90.0
    /// Enough similarity where one text is all but a part of the other: words were only added, or left out.
    static let partSimilarity = 0.7
    /// The share of the shorter text's shingles in the longer one that makes it a part.
    static let partContainment = 0.93
    /// Of a text with fewer shingles even the last word may be what it is about.
    static let leastPartShingles = 30
    static let wordsPerRun = 8
    /// Runs of fewer distinct words (“ha ha ha …”) are found anywhere.
    static let leastDistinctWords = 4
    /// Fewer runs are too little evidence; texts with fewer must stand within a longer one as a whole.
    static let leastRuns = 3
    /// The share of a held-out text's word runs that a text must contain to count as a copy with something around it.
    static let containment = 0.5

    struct Sketch: Equatable {
        var signature: MinHashSignature
        var shingleCount: Int
        var runs: [UInt64]
    }

    private(set) var exact: Set<UInt64> = []
    private(set) var edits: Set<UInt64> = []
    private(set) var sketches: [Sketch] = []
    /// Whether a text that differs from a held-out one by a light edit counts as held out, too. Not stored: who asks decides.
    package var knowsEdits = true
    /// Their words, coarsely; nil if they are few.
    package let words: WordDistribution?
    /// Sketches by word run, and by band of their signatures.
    private var sketchesByRun: [UInt64: [Int32]] = [:]
    private var sketchesByBand: [UInt64: [Int32]] = [:]

    package init(heldOut texts: [String]) {
        words = WordDistribution(of: texts)
        let prepared = concurrentMap(texts) { text in
            let words = NormalizedWords(text)
            let shingles = Shingles.of(words.text)
            let runs = Self.runs(of: words)
            return (
                exact: words.whole, edits: EditForms.hashes(of: words),
                sketch: Sketch(
                    signature: MinHashSignature(of: shingles), shingleCount: shingles.count,
                    runs: runs.count < Self.leastRuns ? [] : runs.sorted())
            )
        }
        for text in prepared where exact.insert(text.exact).inserted {
            edits.formUnion(text.edits)
            add(text.sketch)
        }
    }

    init(exact: Set<UInt64>, edits: Set<UInt64>, sketches: [Sketch], words: WordDistribution?) {
        self.words = words
        self.exact = exact
        self.edits = edits
        for sketch in sketches { add(sketch) }
    }

    /// Distinct texts that it stands for.
    package var count: Int { sketches.count }

    /// Why `text` counts as a held-out text, one with light edits, or one with such a text within it; nil if it does not.
    package func match(_ text: String) -> Match? {
        let words = NormalizedWords(text)
        if exact.contains(words.whole) { return .exact }
        if knowsEdits, EditForms.hashes(of: words).contains(where: edits.contains) { return .edited }
        if containsRuns(words) || containsWhole(words) { return .contained }
        return containsSimilar(Shingles.of(words.text)) ? .similar : nil
    }

    package func knows(_ text: String) -> Bool { match(text) != nil }

    private func containsSimilar(_ shingles: [UInt64]) -> Bool {
        let signature = MinHashSignature(of: shingles)
        var seen: Set<Int32> = []
        for key in signature.bandKeys {
            for candidate in sketchesByBand[key] ?? [] where seen.insert(candidate).inserted {
                let other = sketches[Int(candidate)]
                let similarity = signature.similarity(to: other.signature)
                let required = Self.requiredSimilarity(shingles.count, other.shingleCount)
                if similarity >= (knowsEdits ? required : Self.shortTextSimilarity) { return true }
            }
        }
        return false
    }

    private static func requiredSimilarity(_ left: Int, _ right: Int) -> Double {
        let position = (Double(min(left, right)) - shortTextShingles) / (longTextShingles - shortTextShingles)
        let whole = shortTextSimilarity + (longTextSimilarity - shortTextSimilarity) * min(max(position, 0), 1)
        guard max(left, right) >= leastPartShingles else { return whole }
        // At this similarity s the shared shingles, s(l + r)/(1 + s), are the part of the smaller set that is asked for.
        let shared = partContainment * Double(min(left, right))
        return min(whole, max(partSimilarity, shared / (Double(left + right) - shared)))
    }

    private func containsRuns(_ words: NormalizedWords) -> Bool {
        var hits: [Int32: Int] = [:]
        for run in Self.runs(of: words) {
            for sketch in sketchesByRun[run] ?? [] {
                hits[sketch, default: 0] += 1
                if Double(hits[sketch]!) >= Self.containment * Double(sketches[Int(sketch)].runs.count) { return true }
            }
        }
        return false
    }

    /// Held-out texts of too few runs, as a whole.
    private func containsWhole(_ words: NormalizedWords) -> Bool {
        (EditForms.leastWords...Self.wordsPerRun + Self.leastRuns - 2).contains { length in
            words.runs(of: length).contains { exact.contains($0) }
        }
    }

    private static func runs(of words: NormalizedWords) -> Set<UInt64> {
        Set(words.runs(of: wordsPerRun, leastDistinct: leastDistinctWords))
    }

    private mutating func add(_ sketch: Sketch) {
        let index = Int32(sketches.count)
        sketches.append(sketch)
        for key in sketch.signature.bandKeys { sketchesByBand[key, default: []].append(index) }
        for run in sketch.runs { sketchesByRun[run, default: []].append(index) }
    }
}
