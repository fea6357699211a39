/// How the teacher is asked for the label of a text.
package struct LabellingSection: RecipeSection {
    package enum Answers: String, CaseIterable, Sendable { case automatic, names, letters, numbers }
    package enum Method: String, CaseIterable, Sendable { case automatic, tokens, scoring, sampling, hard }

    package let instruction: String
    package let textHeading: String
    package let labelHeading: String
    package let answers: Answers
    package let examples: [ExampleText]
    package let priorCorrection: Bool
    package let includeLabelled: Bool
    package let textLimitCharacters: Int
    package let method: Method?
    package let nearestExamples: Int?
    package let shortlist: Int?
    package let listsLabels: Bool?
    package let samples: Int?
    package let scoringCalls: Int?
    package let topLogprobs: Int?
    package let temperatureFit: Bool?
    package let unsureBelow: Double?

    package init(_ keys: inout KeyReader) {
        instruction = keys.value(
            "instruction", .anyText, default: "", "Stands first in the prompt: what the teacher is to decide.")
        textHeading = keys.value(
            "text-heading", .text(), default: "Text", "What a text is called in the prompt: Review.")
        labelHeading = keys.value(
            "label-heading", .text(), default: "Label", "What the label is called in the prompt: Sentiment.")
        answers = keys.value(
            "answers", .choice(), default: .automatic,
            "names: the teacher answers with the label itself. letters, numbers: with that of a choice. automatic: names where a word can tell few labels apart, and where there are more labels than letters."
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
        method = keys.addition(
            "method", .choice(),
            "How probabilities are got. tokens: from the log-probabilities of the answer's first token. scoring: label by label, token by token. sampling: by counting sampled answers. hard: one answer. automatic, unless told: the first of these that endpoint and labels allow."
        )
        nearestExamples = keys.addition(
            "nearest-examples", .integer(0...64),
            "How many of the texts in data.labelled that are nearest to a text are shown as examples for it, after the fixed ones."
        )
        shortlist = keys.addition(
            "shortlist", .integer(2...100),
            "Ask only about this many labels, those that the nearest texts in data.labelled have: for many labels.")
        listsLabels = keys.addition(
            "list-labels", .boolean,
            "List the labels with their descriptions in the prompt. Choices are always listed, names only if told so.")
        samples = keys.addition("samples", .integer(1...100), "Answers drawn by `method: sampling`, 5 unless told.")
        scoringCalls = keys.addition(
            "scoring-calls", .integer(1...1000), "Most calls for one text by `method: scoring`, 12 unless told.")
        topLogprobs = keys.addition(
            "top-logprobs", .integer(1...1000),
            "How many of the likeliest tokens the endpoint is asked for, 20 unless told. Hosted ones give no more.")
        temperatureFit = keys.addition(
            "temperature-fit", .boolean,
            "Fit a temperature of the teacher's probabilities on texts with right labels, where there are 20 or more; true unless told."
        )
        unsureBelow = keys.addition(
            "unsure-below", .number(0...1),
            "A text whose likeliest label has less than this, 0.8 unless told, is also put to teachers that are asked about disputed texts."
        )
    }
}
