/// What is measured on held-out data.
package struct EvaluateSection: RecipeSection {
    package let teacher: Bool
    package let bootstrapDraws: Int
    package let seed: Int
    package let examples: Int

    package init(_ keys: inout KeyReader) {
        teacher = keys.value(
            "teacher", .boolean, default: true,
            "Label the held-out rows by the teacher too, where there is one, and compare.")
        bootstrapDraws = keys.value(
            "bootstrap-draws", .integer(100...1_000_000), default: 1000, "Resamples behind each bootstrap interval.")
        seed = keys.value("seed", .integer(0...Int(Int32.max)), default: 1, "Seed of the resamples.")
        examples = keys.value(
            "examples", .integer(0...1000), default: 12,
            "Wrongly answered held-out texts that the report quotes; 0 keeps texts out of it.")
    }
}
