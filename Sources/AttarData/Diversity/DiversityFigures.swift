/// The figures of diversity that a report shows of generated texts.
package struct DiversityFigures: Codable, Equatable, Sendable {
    package let texts: Int
    /// distinct-1, -2 and -3.
    package let distinct: [Double?]
    /// Of a sample of `selfBLEUSample` texts, the same for the same texts.
    package let selfBLEU: Double?
    package let selfBLEUSample: Int
    /// The share of texts that nearly copy one before them (Jaccard similarity of shingles at least 0.8).
    package let nearCopies: Double
    package let seeds: SeedDistance?
    /// Jensen–Shannon divergence in bits between the words of the texts and of the held-out ones; nil where either are few.
    package let divergenceFromHeldOut: Double?
    /// The same between the user's own texts and the held-out ones: what real texts come to.
    package let seedDivergenceFromHeldOut: Double?
    /// How much of the attribute grid is there; nil without attributes.
    package let grid: GridCoverage?

    /// - Parameters:
    ///   - seeds: the user's own texts.
    ///   - sample: texts that self-BLEU is taken of; it grows with their number, so that only equal samples compare.
    package init(
        of texts: [String], seeds: [String] = [], heldOut: Fingerprint? = nil, grid: GridCoverage? = nil,
        sample: Int = 500
    ) {
        self.grid = grid
        let words = WordSequences(texts)
        self.texts = texts.count
        distinct = (1...3).map { Diversity.distinct($0, in: words) }
        let sampled = Self.sample(sample, of: texts)
        selfBLEU = Diversity.selfBLEU(sampled)
        selfBLEUSample = sampled.count
        let copies = nearDuplicates(in: texts, threshold: 0.8).count { $0 != nil }
        nearCopies = texts.isEmpty ? 0 : Double(copies) / Double(texts.count)
        self.seeds = SeedDistance(of: texts, to: Self.sample(500, of: seeds))
        func divergence(_ texts: [String]) -> Double? {
            guard let heldOut = heldOut?.words, let words = WordDistribution(of: texts) else { return nil }
            return words.divergence(from: heldOut)
        }
        divergenceFromHeldOut = divergence(texts)
        seedDivergenceFromHeldOut = divergence(seeds)
    }

    /// The texts with the lowest hashes, in their order: neither the order of rows nor a clock decides.
    private static func sample(_ count: Int, of texts: [String]) -> [String] {
        guard texts.count > count else { return texts }
        let keyed = texts.enumerated().map { (StableHash.hash($1, seed: 4), $0) }.sorted { $0 < $1 }
        return keyed.prefix(count).map(\.1).sorted().map { texts[$0] }
    }
}
