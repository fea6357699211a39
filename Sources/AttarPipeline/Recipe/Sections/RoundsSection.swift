/// In which rounds the teacher is asked about texts, and when that ends.
package struct RoundsSection: RecipeSection {
    package enum Pick: String, CaseIterable, Sendable {
        /// The texts whose two likeliest labels are closest, and that are unlike each other.
        case automatic
        /// The same, however much alike.
        case unsure
        case random
    }

    package let first: Int?
    package let batch: Int?
    package let most: Int?
    package let pick: Pick
    package let validation: Int
    package let worthPerPoint: Double?
    package let pricePerLabel: Double?
    package let confidence: Double
    package let seed: Int

    package init(_ keys: inout KeyReader) {
        first = keys.optional(
            "first", .integer(2...1_000_000),
            "Texts of the first round, drawn by chance: twice as many as there are labels, 100 at least, unless told.")
        batch = keys.optional(
            "batch", .integer(1...1_000_000),
            "Texts of each further round: a quarter of those before, as many as in the first round at least, unless told."
        )
        most = keys.optional(
            "most", .integer(2...10_000_000),
            "No more texts than this are asked about in all; no limit but the texts there are, and those of the teacher, unless told."
        )
        pick = keys.value(
            "pick", .choice(), default: .automatic,
            "What is asked about next. automatic: what the student is least sure of, unlike each other. unsure: what it is least sure of. random: a draw."
        )
        validation = keys.value(
            "validation", .integer(20...1_000_000), default: 400,
            "Texts drawn by chance that judge what a round has brought; nothing is trained on them meanwhile. Of data.labelled where it has enough."
        )
        worthPerPoint = keys.optional(
            "worth-per-point", .number(above: 0, through: 1_000_000_000),
            "What one percentage point of accuracy is worth in your currency. Rounds end where the next one costs more than it brings; where nothing is said, only with the texts or the budget."
        )
        pricePerLabel = keys.optional(
            "price-per-label", .number(0...1_000_000),
            "What a label costs; what the teacher's tokens have cost so far, unless told.")
        confidence = keys.value(
            "confidence", .number(0.5...0.999), default: 0.8,
            "Of the interval of the gain: rounds end where even its upper end does not cover the price.")
        seed = keys.value("seed", .integer(0...Int(Int32.max)), default: 1, "Changes what is drawn by chance.")
        keys.check(
            most == nil || first == nil || most! >= first!, at: "most",
            "\(most ?? 0) texts in all are fewer than the \(first ?? 0) of the first round")
        keys.check(
            most == nil || batch == nil || most! >= batch!, at: "batch",
            "\(batch ?? 0) texts a round are more than rounds.most allows in all, \(most ?? 0)")
    }

    /// Texts of the first round.
    func firstTexts(labels: Int) -> Int { first ?? max(2 * labels, 100) }
}
