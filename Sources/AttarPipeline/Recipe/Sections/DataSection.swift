import Foundation

/// Where texts come from, and how they are divided.
package struct DataSection: RecipeSection {
    package enum LightEdits: String, CaseIterable, Sendable { case drop, keep }

    package let labelled: RecipeFile?
    package let unlabelled: RecipeFile?
    package let heldOut: RecipeFile?
    package let shifted: RecipeFile?
    package let reviews: RecipeFile?
    package let textColumn: String
    package let labelColumn: String
    package let licence: String?
    package let source: String?
    package let validationFraction: Double
    package let calibrationFraction: Double
    package let splitSeed: Int
    package let nearDuplicateThreshold: Double
    package let lightEdits: LightEdits

    package init(_ keys: inout KeyReader) {
        labelled = keys.optional(
            "labelled", .inputFile, "Texts with right labels to train on: a .csv or .jsonl file with a header.")
        unlabelled = keys.optional(
            "unlabelled", .inputFile, "Texts that the teacher labels: a .csv, .jsonl or .txt file (one text a line).")
        heldOut = keys.optional(
            "held-out", .inputFile,
            "Texts with right labels for the final evaluation only. Nothing is trained, chosen or calibrated on them.")
        shifted = keys.addition(
            "shifted", .inputFile,
            "Texts with right labels of another kind than the others, such as of another source or a later time: the report shows how the model fares on them."
        )
        reviews = keys.addition(
            "reviews", .inputFile,
            "What was decided with `attar dataset review`: rows to leave out, and right labels.")
        textColumn = keys.value("text-column", .text(), default: "text", "The column that holds the text.")
        labelColumn = keys.value("label-column", .text(), default: "label", "The column that holds the label.")
        licence = keys.optional("licence", .text(), "The licence of the data, shown when it is used.")
        source = keys.optional("source", .text(), "Where the data comes from, shown when it is used.")
        validationFraction = keys.value(
            "validation", .number(0.01...0.5), default: 0.1, "The part of the rows that every choice is made on.")
        calibrationFraction = keys.value(
            "calibration", .number(0.01...0.5), default: 0.1,
            "The part of the rows that probabilities are calibrated on.")
        splitSeed = keys.value(
            "split-seed", .integer(0...Int(Int32.max)), default: 1, "Changes which rows fall into which part.")
        lightEdits =
            keys.addition(
                "light-edits", .choice(),
                "Texts that differ from a held-out one by a word or so: drop, which is right where they may be copies and is done where nothing is said; keep, for data of many short, alike texts in which one word makes another label. Copies are always dropped."
            ) ?? .drop
        nearDuplicateThreshold = keys.value(
            "near-duplicate-threshold", .number(above: 0.5, through: 1), default: 0.9,
            "Texts whose character shingles overlap by this much (Jaccard) count as copies: only the first is kept.")
        keys.check(
            validationFraction + calibrationFraction <= 0.8, at: "calibration",
            "validation (\(validationFraction)) and calibration (\(calibrationFraction)) together leave less than a fifth to train on"
        )
    }
}
