import Foundation

/// How different texts are from each other. Words are those of the normalised form.
package enum Diversity {
    /// distinct-n: different runs of n words over all runs of n words (Li et al. 2016, section 5.2); nil without any run.
    package static func distinct(_ length: Int, in texts: [String]) -> Double? {
        distinct(length, in: WordSequences(texts))
    }

    static func distinct(_ length: Int, in words: WordSequences) -> Double? {
        var runs: Set<UInt64> = []
        var total = 0
        for text in words.texts {
            let found = WordSequences.runs(of: text, length: length)
            total += found.count
            runs.formUnion(found)
        }
        return total == 0 ? nil : Double(runs.count) / Double(total)
    }

    /// Self-BLEU (Zhu et al. 2018, section 3.2): the mean over texts of BLEU (Papineni et al. 2002) up to runs of `longest`
    /// words, all other texts being the references. 1 for copies, near 0 for texts that share nothing.
    ///
    /// A precision without any match counts as 0.1 matches (Chen, Cherry 2014, method 1), none of single words as BLEU 0.
    /// nil for fewer than two texts.
    package static func selfBLEU(_ texts: [String], longest: Int = 4) -> Double? {
        SelfBLEU(WordSequences(texts), longest: longest).mean
    }
}

/// BLEU of each text against all others in one pass: for each run the highest count of any text and the highest of
/// another one are enough.
private struct SelfBLEU {
    private struct Highest {
        var count: Int32 = 0
        var text: Int32 = -1
        var second: Int32 = 0
    }

    let mean: Double?

    init(_ words: WordSequences, longest: Int) {
        let texts = words.texts
        guard texts.count > 1 else {
            mean = nil
            return
        }
        let counts = texts.map { text in (1...longest).map { Self.counts(WordSequences.runs(of: text, length: $0)) } }
        var highest: [UInt64: Highest] = [:]
        for (text, byLength) in counts.enumerated() {
            for (run, count) in byLength.joined() {
                var entry = highest[run] ?? Highest()
                if count > entry.count {
                    entry = Highest(count: count, text: Int32(text), second: entry.count)
                } else {
                    entry.second = max(entry.second, count)
                }
                highest[run] = entry
            }
        }
        let lengths = texts.map(\.count)
        let sortedLengths = lengths.sorted()
        let scores = texts.indices.map { text in
            let precisions = counts[text].enumerated().map { index, runs in
                let matches = runs.reduce(0) { sum, run in
                    guard let entry = highest[run.key] else { return sum }
                    return sum + Int(min(run.value, entry.text == Int32(text) ? entry.second : entry.count))
                }
                return (matches: matches, total: max(1, lengths[text] - index))
            }
            return Self.score(
                precisions, length: lengths[text],
                reference: Self.closest(to: lengths[text], besidesOneOf: sortedLengths))
        }
        mean = scores.reduce(0, +) / Double(scores.count)
    }

    private static func counts(_ runs: [UInt64]) -> [UInt64: Int32] {
        var counts: [UInt64: Int32] = [:]
        for run in runs { counts[run, default: 0] += 1 }
        return counts
    }

    /// The geometric mean of the precisions times the brevity penalty.
    private static func score(_ precisions: [(matches: Int, total: Int)], length: Int, reference: Int) -> Double {
        guard length > 0, precisions[0].matches > 0 else { return 0 }
        let logarithms = precisions.map { log(($0.matches == 0 ? 0.1 : Double($0.matches)) / Double($0.total)) }
        let penalty = length > reference ? 0 : 1 - Double(reference) / Double(length)
        return exp(logarithms.reduce(0, +) / Double(precisions.count) + penalty)
    }

    /// The length nearest to a text's own among the others; of two as near the shorter one.
    private static func closest(to length: Int, besidesOneOf sorted: [Int]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < length { low = middle + 1 } else { high = middle }
        }
        // sorted[low] is the text itself.
        let longer = low + 1 < sorted.count ? sorted[low + 1] : nil
        let shorter = low > 0 ? sorted[low - 1] : nil
        guard let shorter else { return longer ?? length }
        guard let longer else { return shorter }
        return longer - length < length - shorter ? longer : shorter
    }
}
