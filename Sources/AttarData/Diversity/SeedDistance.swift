/// How near texts come to the user's own: the similarity of each to the nearest seed.
package struct SeedDistance: Codable, Equatable, Sendable {
    /// Jaccard similarity of `Shingles` to the nearest seed: mean, and that of the nearest text of all.
    package let meanSimilarity: Double
    package let largestSimilarity: Double
    /// The share of texts that nearly copy a seed.
    package let copies: Double

    /// Nil without texts or without seeds.
    package init?(of texts: [String], to seeds: [String], copySimilarity: Double = 0.8) {
        guard !texts.isEmpty, !seeds.isEmpty else { return nil }
        let seeds = concurrentMap(seeds) { Shingles.of(normalizedText($0)) }
        let nearest = concurrentMap(texts) { text in
            let shingles = Shingles.of(normalizedText(text))
            return seeds.reduce(0) { max($0, Shingles.jaccard(shingles, $1)) }
        }
        meanSimilarity = nearest.reduce(0, +) / Double(nearest.count)
        largestSimilarity = nearest.max() ?? 0
        copies = Double(nearest.count { $0 >= copySimilarity }) / Double(nearest.count)
    }
}
