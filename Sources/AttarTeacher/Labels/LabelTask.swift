import Foundation

/// A label as the teacher is told of it.
package struct TeacherLabel: Sendable, Hashable {
    package var name: String
    /// What belongs under the label; shown beside lettered choices.
    package var description: String?
    /// Further words by which the teacher may name it: “Technology”. They are read, never asked for.
    package var spellings: [String]

    package init(name: String, description: String? = nil, spellings: [String] = []) {
        self.name = name
        self.description = description
        self.spellings = spellings
    }
}

/// A text with its label, shown to the teacher as a worked example.
package struct LabelledExample: Sendable, Hashable {
    package var text: String
    package var label: String

    package init(text: String, label: String) {
        self.text = text
        self.label = label
    }
}

/// How the teacher is asked for the label of a text.
///
/// What is the same for all texts comes first, then examples near to the text, then the text itself, so that an
/// endpoint with a prefix cache reads the first part once.
package struct LabelTask: Sendable {
    package enum AnswerForm: String, Sendable, CaseIterable {
        /// `names` where a word can tell the labels apart and there are few, else `letters`, and `names` again where
        /// there are more labels than letters.
        case automatic
        /// The label's own name: “positive”.
        case names
        /// A choice from a lettered list with descriptions: “B”.
        case letters
        /// A choice from a numbered list with descriptions: “12”.
        case numbers
    }

    package var labels: [TeacherLabel]
    package var instruction: String
    package var examples: [LabelledExample]
    package var form: PromptForm
    package var answers: AnswerForm
    /// What a text is called in the prompt: “Review”.
    package var textHeading: String
    /// What the label is called in the prompt: “Sentiment”.
    package var answerHeading: String
    /// Longer texts are cut here, so that a single one cannot exceed the model's context.
    package var textLimitCharacters: Int
    /// The rung to stand on; `nil` for the best that endpoint and labels allow.
    package var method: LabelMethod?
    /// List the labels with their descriptions, also where the answer is a name; `nil`: only where there are choices.
    package var listsLabels: Bool?
    /// Examples that are near to a text, and labels that may be its own, are drawn from these.
    package var similar: SimilarExamples?
    /// How many of the nearest examples are shown, nearest last.
    package var nearestExamples: Int
    /// Ask only about this many labels, those likeliest by `similar`; `nil` for all.
    package var shortlist: Int?
    /// Likeliest tokens to ask for; `nil` for as many as the teacher's configuration says.
    package var topLogprobs: Int?
    /// Answers to draw for `sampling`.
    package var samples: Int
    /// Most samples that one call asks for; `nil`: one, unless a ledger has them otherwise.
    package var samplesPerCall: Int?
    /// Most calls for one text in `scoring`.
    package var scoringCalls: Int

    package init(
        labels: [TeacherLabel], instruction: String = "", examples: [LabelledExample] = [],
        form: PromptForm = .completion, answers: AnswerForm = .automatic, textHeading: String = "Text",
        answerHeading: String = "Label", textLimitCharacters: Int = 2000, method: LabelMethod? = nil,
        listsLabels: Bool? = nil, similar: SimilarExamples? = nil, nearestExamples: Int = 0, shortlist: Int? = nil,
        topLogprobs: Int? = nil, samples: Int = 5, samplesPerCall: Int? = nil, scoringCalls: Int = 12
    ) {
        self.labels = labels
        self.instruction = instruction
        self.examples = examples
        self.form = form
        self.answers = answers
        self.textHeading = textHeading
        self.answerHeading = answerHeading
        self.textLimitCharacters = textLimitCharacters
        self.method = method
        self.listsLabels = listsLabels
        self.similar = similar
        self.nearestExamples = nearestExamples
        self.shortlist = shortlist
        self.topLogprobs = topLogprobs
        self.samples = samples
        self.samplesPerCall = samplesPerCall
        self.scoringCalls = scoringCalls
    }
}
