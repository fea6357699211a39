import AttarData
import Foundation

/// Texts with known labels that can be looked up by likeness: cosine of their sets of character shingles, each weighed
/// by how rare it is (inverse document frequency, Spärck Jones 1972).
package struct SimilarExamples: Sendable {
    private let examples: [LabelledExample]
    /// For each shingle the examples that have it, ascending.
    private let postings: [UInt64: [Int32]]
    private let lengths: [Double]

    /// Texts more alike than this are taken for the same one: a text is no example for itself.
    private static let copySimilarity = 0.95
    /// Neighbours that speak for a label.
    private static let voters = 24

    package init(_ examples: [LabelledExample]) {
        self.examples = examples
        var postings: [UInt64: [Int32]] = [:]
        let sets = examples.map { Shingles.of(normalizedText($0.text)) }
        for (index, set) in sets.enumerated() {
            for shingle in set { postings[shingle, default: []].append(Int32(index)) }
        }
        self.postings = postings
        let count = examples.count
        lengths = sets.map { set in
            set.reduce(0) { $0 + pow(Self.rarity(postings[$1]?.count ?? 0, of: count), 2) }.squareRoot()
        }
    }

    package var count: Int { examples.count }

    /// The examples nearest to a text, nearest last; copies of it are left out.
    package func nearest(to text: String, count: Int) -> [LabelledExample] {
        similarities(to: text).filter { $0.similarity < Self.copySimilarity }.prefix(count).reversed()
            .map { examples[$0.index] }
    }

    /// The labels that near examples have, likeliest first; where they are too few, the labels whose names and
    /// descriptions are nearest to the text.
    func likeliestLabels(for text: String, labels: [TeacherLabel], count: Int) -> [Int] {
        let indexes = Dictionary(zip(labels.map(\.name), labels.indices)) { first, _ in first }
        var votes = [Double](repeating: 0, count: labels.count)
        for near in similarities(to: text).filter({ $0.similarity < Self.copySimilarity }).prefix(Self.voters) {
            if let label = indexes[examples[near.index].label] { votes[label] += near.similarity }
        }
        let shingles = Shingles.of(normalizedText(text))
        let likeness = labels.map { label in
            Shingles.jaccard(shingles, Shingles.of(normalizedText(label.name + " " + (label.description ?? ""))))
        }
        let order = labels.indices.sorted {
            (votes[$1], likeness[$1], $0) < (votes[$0], likeness[$0], $1)
        }
        // In the labels' own order: the place in the list must not give the likeliest one away.
        return order.prefix(count).sorted()
    }

    /// Examples that share anything with the text, most alike first.
    private func similarities(to text: String) -> [(index: Int, similarity: Double)] {
        var products: [Int32: Double] = [:]
        var length = 0.0
        for shingle in Shingles.of(normalizedText(text)) {
            let holders = postings[shingle] ?? []
            let weight = pow(Self.rarity(holders.count, of: examples.count), 2)
            length += weight
            for holder in holders { products[holder, default: 0] += weight }
        }
        return products.map { (Int($0.key), $0.value / max(lengths[Int($0.key)] * length.squareRoot(), 1e-12)) }
            .sorted { ($1.similarity, $0.index) < ($0.similarity, $1.index) }
    }

    private static func rarity(_ holders: Int, of count: Int) -> Double {
        log(Double(count + 1) / Double(holders + 1)) + 0.1
    }
}
