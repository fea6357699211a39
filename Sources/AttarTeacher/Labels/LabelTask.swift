import Foundation

/// A label as the teacher is told of it.
package struct TeacherLabel: Sendable, Hashable {
    package var name: String
    /// What belongs under the label; shown beside lettered choices.
    package var description: String?

    package init(name: String, description: String? = nil) {
        self.name = name
        self.description = description
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
/// Everything but the text itself comes first and is the same for all texts, so that an endpoint with a prefix cache
/// reads it once.
package struct LabelTask: Sendable {
    package enum AnswerForm: String, Sendable, CaseIterable {
        /// `names` where one token can tell the labels apart and there are few, else `letters`.
        case automatic
        /// The label's own name: “positive”.
        case names
        /// A choice from a lettered list with descriptions: “B”.
        case letters
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

    package init(
        labels: [TeacherLabel], instruction: String = "", examples: [LabelledExample] = [],
        form: PromptForm = .completion, answers: AnswerForm = .automatic, textHeading: String = "Text",
        answerHeading: String = "Label", textLimitCharacters: Int = 2000
    ) {
        self.labels = labels
        self.instruction = instruction
        self.examples = examples
        self.form = form
        self.answers = answers
        self.textHeading = textHeading
        self.answerHeading = answerHeading
        self.textLimitCharacters = textLimitCharacters
    }
}

/// The number of lettered choices there are letters for.
private let letterLimit = 26

extension LabelTask {
    /// Names are asked for up to this many labels; beyond it a small model needs to see the list.
    private static let nameLimit = 6

    /// The words that the teacher may answer with, one a label, in the labels' order.
    package func answerWords() throws(TeacherError) -> [String] {
        try checkLabels()
        switch answers {
        case .letters: return try letters()
        case .names:
            let shared = labelsWithSharedAnswers
            guard shared.isEmpty else { throw .task(.sharedAnswers(shared)) }
            return labels.map(\.name)
        case .automatic:
            return labels.count <= Self.nameLimit && labelsWithSharedAnswers.isEmpty
                ? labels.map(\.name) : try letters()
        }
    }

    private func letters() throws(TeacherError) -> [String] {
        guard labels.count <= letterLimit else {
            throw .task(.tooManyLabels(count: labels.count, limit: letterLimit))
        }
        return labels.indices.map { String(UnicodeScalar(UInt8(0x41 + $0))) }
    }

    private func checkLabels() throws(TeacherError) {
        guard labels.count >= 2 else { throw .task(.tooFewLabels(labels.count)) }
        var seen = Set<String>()
        for label in labels {
            let name = label.name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
            if name.isEmpty { throw .task(.emptyLabel) }
            guard seen.insert(name).inserted else { throw .task(.repeatedLabel(label.name)) }
        }
        let known = labels.map(\.name)
        for example in examples where !known.contains(example.label) {
            throw .task(.unknownExampleLabel(label: example.label, known: known))
        }
    }

    /// Labels whose first word is another's too, or the start of it: no first token names only one of them for sure.
    private var labelsWithSharedAnswers: [String] {
        let firstWords = labels.map { label in
            String(label.name.lowercased().drop { !$0.isLetter && !$0.isNumber }.prefix { $0.isLetter || $0.isNumber })
        }
        return labels.indices.filter { index in
            firstWords.indices.contains { other in
                other != index
                    && (firstWords[other].hasPrefix(firstWords[index])
                        || firstWords[index].hasPrefix(firstWords[other]))
            }
        }.map { labels[$0].name }
    }
}
