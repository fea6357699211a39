import Foundation

/// For each text the label whose texts it resembles clearly more than those of its own label; nil for most.
///
/// Resemblance is that of a multinomial naive Bayes of words (Manning et al. 2008, section 13.2) without the text itself, per
/// word, so that long texts are not outliers by their length. Labels of fewer than `leastRows` rows tell nothing.
package func labelOutliers(texts: [String], labels: [Int?], count: Int, margin: Double = 0.5) -> [Int?] {
    let leastRows = 5
    let words = concurrentMap(texts) { Array(Set(NormalizedWords($0).hashes)) }
    var rowsOfLabel = [Int](repeating: 0, count: count)
    var total = [Double](repeating: 0, count: count)
    var counts: [UInt64: [Int32: Double]] = [:]
    for (text, label) in zip(words, labels) {
        guard let label else { continue }
        rowsOfLabel[label] += 1
        total[label] += Double(text.count)
        for word in text { counts[word, default: [:]][Int32(label), default: 0] += 1 }
    }
    let vocabulary = Double(counts.count)
    let judged = (0..<count).filter { rowsOfLabel[$0] >= leastRows }
    return zip(words, labels).map { text, own in
        guard let own, rowsOfLabel[own] >= leastRows, judged.count > 1, !text.isEmpty else { return nil }
        func score(_ label: Int) -> Double {
            let itself = label == own ? 1.0 : 0
            let sum = total[label] - itself * Double(text.count) + vocabulary
            return text.reduce(0) { score, word in
                score + log(((counts[word]?[Int32(label)] ?? 0) - itself + 1) / sum)
            } / Double(text.count)
        }
        let scores = judged.map { (label: $0, score: score($0)) }
        guard let best = scores.max(by: { ($0.score, $1.label) < ($1.score, $0.label) }), best.label != own,
            best.score - score(own) > margin
        else { return nil }
        return best.label
    }
}
