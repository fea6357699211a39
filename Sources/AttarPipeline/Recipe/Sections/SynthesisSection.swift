import AttarData

/// Texts written by the teacher, one a call, each for a label and with attributes drawn from lists.
package struct SynthesisSection: RecipeSection {
    package enum Keep: String, CaseIterable, Sendable {
        /// Only rows whose label by the teacher is the label that was asked for: it is learned as right.
        case agreeing
        /// All rows, each with the label that was asked for.
        case asked
        /// All rows, each with the teacher's probabilities.
        case soft
    }

    package let texts: Int
    package let instruction: String
    package let textHeading: String
    package let labelHeading: String
    package let examples: [SynthesisExample]
    package let seedExamples: Int?
    package let attributes: [Named<AttributeValues>]
    package let excluded: [[Named<String>]]
    package let openings: AttributeValues?
    package let temperature: Double
    package let maximumTokens: Int
    package let stop: [String]
    package let leastCharacters: Int
    package let keep: Keep
    package let seed: Int
    package let hardCases: Double
    package let confused: [[String]]
    package let filters: FiltersSection
    package let noise: NoiseSection?

    package init(_ keys: inout KeyReader) {
        texts = keys.value("texts", .integer(1...10_000_000), default: 800, "How many texts to ask for: one call each.")
        instruction = keys.value(
            "instruction", .anyText, default: "", "Stands first in the prompt: what kind of texts these are.")
        textHeading = keys.value(
            "text-heading", .text(), default: "Text", "What a text is called in the prompt: Review.")
        labelHeading = keys.value(
            "label-heading", .text(), default: "Label", "What the label is called in the prompt: Sentiment.")
        examples = keys.sections(
            "examples", of: SynthesisExample.self, count: 0...100,
            "Texts that show the tone, with what they were written for.")
        seedExamples = keys.addition(
            "seed-examples", .integer(0...16),
            "How many texts of data.labelled are shown with every call, others each time; 4 unless told, none where there are `examples`."
        )
        attributes = keys.value(
            "attributes", .named(.attributeValues), default: [],
            "Lists that one value each is drawn from for every text, such as product, persona or mood. No combination comes twice before all were there; `attar recipe attributes` proposes values."
        )
        excluded =
            keys.addition(
                "exclude", .list(of: .named(.text()), count: 1...10_000),
                "Values of attributes that never go together: {channel: tweet, length: long}.") ?? []
        openings = keys.optional(
            "openings", .openings,
            "First words that the teacher goes on from, one drawn for every text; {name} stands for an attribute's value, and \"\" for no opening."
        )
        temperature = keys.value(
            "temperature", .number(0...2), default: 0.9,
            "Sampling temperature: higher is more varied, and more often wrong.")
        maximumTokens = keys.value("max-tokens", .integer(1...8192), default: 80, "Longest answer, in tokens.")
        stop = keys.value(
            "stop", .list(of: .anyText, count: 0...4), default: ["\n"], "The answer ends before the first of these.")
        leastCharacters = keys.value(
            "least-characters", .integer(1...10_000), default: 8, "Shorter texts are dropped.")
        keep = keys.value(
            "keep", .choice(), default: .agreeing,
            "agreeing: keep a text where the teacher's own label is the one that was asked for, and learn that label. asked: keep all, and learn the label that was asked for. soft: keep all, and learn the teacher's probabilities."
        )
        seed = keys.value("seed", .integer(0...Int(Int32.max)), default: 1, "Changes the attributes that are drawn.")
        hardCases =
            keys.addition(
                "hard-cases", .number(0...0.9),
                "The share of hard cases, none unless told: texts that a hasty reader could take for another label, and texts of another label with few words changed. They are kept only where the teacher's own label is the one asked for."
            ) ?? 0
        confused =
            keys.addition(
                "confused", .list(of: .list(of: .text(), count: 2...2), count: 1...10_000),
                "Pairs of labels that hard cases are between: [[a, b], [a, c]]; all pairs unless told.") ?? []
        filters =
            keys.additionSection("filters", FiltersSection.self, "Which texts are dropped, each filter by itself.")
            ?? KeyReader.unread(FiltersSection.self)
        noise = keys.additionSection(
            "noise", NoiseSection.self,
            "Damaged copies of generated texts to train on, with their labels: each key is a share of the texts.")
        check(&keys)
    }
}

/// A text that shows the teacher the tone.
package struct SynthesisExample: RecipeSection, Equatable {
    package let text: String
    package let label: String
    package let attributes: [Named<String>]

    package init(_ keys: inout KeyReader) {
        text = keys.required("text", .text(), "A text as users write it.")
        label = keys.required("label", .text(), "Its label, one of `labels`.")
        attributes = keys.value(
            "attributes", .named(.text()), default: [], "The attributes it might have been written for.")
    }
}
