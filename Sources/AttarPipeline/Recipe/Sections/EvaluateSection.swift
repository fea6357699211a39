/// What is measured on held-out data.
package struct EvaluateSection: RecipeSection {
    package let teacher: Bool
    package let bootstrapDraws: Int
    package let seed: Int
    package let examples: Int
    package let slices: [String]
    package let stress: Bool
    package let moreSeeds: [Int]
    package let costs: [Named<[Named<Double>]>]
    package let corePricePerHour: Double?
    package let compareWith: [String]

    package init(_ keys: inout KeyReader) {
        teacher = keys.value(
            "teacher", .boolean, default: true,
            "Label the held-out rows by the teacher too, where there is one, and compare.")
        bootstrapDraws = keys.value(
            "bootstrap-draws", .integer(100...1_000_000), default: 1000, "Resamples behind each bootstrap interval.")
        seed = keys.value("seed", .integer(0...Int(Int32.max)), default: 1, "Seed of the resamples.")
        examples = keys.value(
            "examples", .integer(0...1000), default: 12,
            "Held-out texts that the report quotes: wrongly answered ones, and as many that student and teacher answer differently; 0 keeps texts out of it."
        )
        slices =
            keys.addition(
                "slices", .list(of: .text(), count: 1...20),
                "Further columns of the held-out file, such as a source or a language: the report shows where the student is worse than elsewhere. Length and label are always looked at."
            ) ?? []
        stress =
            keys.addition(
                "stress", .boolean,
                "Answer damaged copies of the held-out texts, too (typos, capitals, cut off); on where nothing is said."
            )
            ?? true
        moreSeeds =
            keys.addition(
                "more-seeds", .list(of: .integer(0...Int(Int32.max)), count: 1...20),
                "Train once more with each of these seeds: the report shows how far the figures depend on chance. The model that ships is that of `train.seed`."
            ) ?? []
        costs =
            keys.addition(
                "costs", .costs,
                "What a wrong answer costs: for each right label a mapping from answers to costs. What is not said costs 1, a right answer 0."
            ) ?? []
        corePricePerHour = keys.addition(
            "core-price-per-hour", .number(0...1_000_000),
            "What one processor core costs for an hour, for the cost of student and training.")
        compareWith =
            keys.addition(
                "compare-with", .list(of: .folderName, count: 1...20),
                "Names of earlier runs beside this one: the report compares their models with this one, row by row.")
            ?? []
    }
}
