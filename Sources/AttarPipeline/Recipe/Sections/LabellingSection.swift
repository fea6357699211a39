/// How the teacher is asked for the label of a text.
package struct LabellingSection: RecipeSection {
    package enum Answers: String, CaseIterable, Sendable { case automatic, names, letters }

    package let instruction: String
    package let textHeading: String
    package let labelHeading: String
    package let answers: Answers
    package let examples: [ExampleText]
    package let priorCorrection: Bool
    package let includeLabelled: Bool
    package let textLimitCharacters: Int

    package init(_ keys: inout KeyReader) {
        instruction = keys.value(
            "instruction", .anyText, default: "", "Stands first in the prompt: what the teacher is to decide.")
        textHeading = keys.value(
            "text-heading", .text(), default: "Text", "What a text is called in the prompt: Review.")
        labelHeading = keys.value(
            "label-heading", .text(), default: "Label", "What the label is called in the prompt: Sentiment.")
        answers = keys.value(
            "answers", .choice(), default: .automatic,
            "names: the teacher answers with the label itself. letters: with the letter of a choice. automatic: names where a word can tell few labels apart."
        )
        examples = keys.sections(
            "examples", of: ExampleText.self, count: 0...100, "Texts with right labels that are shown first.")
        priorCorrection = keys.value(
            "prior-correction", .boolean, default: true,
            "Divide the teacher's probabilities by each label's mean over all texts: small teachers prefer some labels."
        )
        includeLabelled = keys.value(
            "include-labelled", .boolean, default: true,
            "Ask the teacher about texts with right labels too, so that the student can learn from both.")
        textLimitCharacters = keys.value(
            "text-limit-characters", .integer(16...1_000_000), default: 2000,
            "Longer texts are cut here before the teacher sees them.")
    }
}
