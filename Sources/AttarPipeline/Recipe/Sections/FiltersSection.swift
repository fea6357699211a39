/// Which generated texts are left out. What the texts alone tell is looked at before they are labelled.
package struct FiltersSection: RecipeSection {
    package let format: Bool
    package let language: Bool
    package let length: Bool
    package let promptEcho: Bool
    package let exactDuplicates: Bool
    package let nearDuplicates: Bool
    package let outliers: Bool
    package let labelRatio: Double?

    package init(_ keys: inout KeyReader) {
        format = keys.value(
            "format", .boolean, default: true,
            "Drop what is not one plain line: markup, gaps to fill in, list numbers, words of a model about itself.")
        language = keys.value(
            "language", .boolean, default: true,
            "Drop texts in another script or language than the examples and the texts of data.labelled.")
        length = keys.value(
            "length", .boolean, default: true,
            "Drop texts of more than twice as many characters as any of the texts of data.labelled, where they are 20 or more."
        )
        promptEcho = keys.value(
            "prompt-echo", .boolean, default: true, "Drop texts that repeat the instruction or an example.")
        exactDuplicates = keys.value(
            "exact-duplicates", .boolean, default: true, "Drop texts with the same words as one before them.")
        nearDuplicates = keys.value(
            "near-duplicates", .boolean, default: true,
            "Drop texts that nearly copy one before them, by data.near-duplicate-threshold; exact copies as well.")
        outliers = keys.value(
            "outliers", .boolean, default: false,
            "Drop texts that a quick model of all other texts clearly takes for another label. Hard cases stay.")
        labelRatio = keys.optional(
            "label-ratio", .number(1...1000),
            "No label keeps more than this many times the texts of the rarest one; all are kept unless told.")
    }
}
