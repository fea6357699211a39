/// Damage to copies of generated texts, so that the student has seen some. The damage is of the kinds that the report tests, but
/// drawn by seeds of its own: what the report shows was not trained on.
package struct NoiseSection: RecipeSection {
    package let typos: Double
    package let casing: Double
    package let fragments: Double

    package init(_ keys: inout KeyReader) {
        typos = keys.value(
            "typos", .number(0...1), default: 0, "Of this share of the texts a copy with a typo in every fifth word.")
        casing = keys.value(
            "casing", .number(0...1), default: 0,
            "Of this share of the texts a copy all in lower case or, one in four, in capitals.")
        fragments = keys.value(
            "fragments", .number(0...1), default: 0,
            "Of this share of the texts a copy that is cut off after half of its words: not where the end decides.")
    }
}
