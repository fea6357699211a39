import Foundation

/// How a task is carried out at an endpoint: the rung, and what stands for the labels.
package struct LabelPlan: Sendable, Hashable {
    package let method: LabelMethod
    /// Letters, numbers or names; one a label that is asked about.
    package let answers: LabelTask.AnswerForm

    /// Letters there are.
    private static let letterLimit = 26
    /// Names are asked for up to this many labels; beyond it a small model needs to see the list.
    private static let nameLimit = 6

    /// The best rung that endpoint and labels allow, or the task's own choice.
    ///
    /// Throws `TeacherError.task` where the labels, or the task's choices, do not go together.
    package init(_ task: LabelTask, hasLogprobs: Bool = true) throws(TeacherError) {
        try task.check()
        // Without texts to look up there is nothing to make a shortlist from.
        let asked = min(task.similar == nil ? task.labels.count : task.shortlist ?? .max, task.labels.count)
        let isTold = task.firstWordsTellLabelsApart
        let answers: LabelTask.AnswerForm
        switch task.answers {
        case .automatic:
            let isScored = task.method == .scoring
            if asked <= Self.nameLimit, isTold || isScored {
                answers = .names
            } else {
                answers = asked <= Self.letterLimit && !isScored ? .letters : .names
            }
        case .letters where asked > Self.letterLimit:
            throw .task(.tooManyLabels(count: asked, limit: Self.letterLimit))
        case .letters, .names, .numbers: answers = task.answers
        }
        self.answers = answers
        // Ten and one begin alike.
        let isOneToken = answers == .letters || answers == .numbers && asked <= 9 || answers == .names && isTold
        let canScore = task.form == .completion
        switch task.method {
        case nil where !hasLogprobs: method = task.samples > 1 ? .sampling : .hard
        case nil where isOneToken: method = .tokens
        case nil: method = canScore ? .scoring : task.samples > 1 ? .sampling : .hard
        case .tokens where !isOneToken:
            throw .task(answers == .names ? .sharedAnswers(task.labelsWithSharedWords) : .longChoices(count: asked))
        case .scoring where !canScore: throw .task(.scoringNeedsCompletion)
        case .some(let chosen): method = chosen
        }
    }

    /// What stands for each of `labels`. Names that are written out are written as words: “card_arrival” as
    /// “card arrival”.
    func words(for labels: [TeacherLabel]) -> LabelWords {
        switch answers {
        case .letters: return LabelWords(labels.indices.map { String(UnicodeScalar(UInt8(0x41 + $0))) })
        case .numbers: return LabelWords(labels.indices.map { String($0 + 1) })
        case .names, .automatic:
            let names = labels.map(\.name)
            let others = labels.map(\.spellings)
            guard method != .tokens else { return LabelWords(names, others: others) }
            let readable = names.map { $0.replacing("_", with: " ") }
            return LabelWords(Set(readable).count == names.count ? readable : names, others: others)
        }
    }
}

extension LabelTask {
    /// What the teacher may answer with, one word a label, in the labels' order.
    package func answerWords() throws(TeacherError) -> [String] { try LabelPlan(self).words(for: labels).shown }
}

extension LabelTask {
    fileprivate func check() throws(TeacherError) {
        guard labels.count >= 2 else { throw .task(.tooFewLabels(labels.count)) }
        var seen = Set<String>()
        for label in labels {
            let name = label.name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
            if name.isEmpty { throw .task(.emptyLabel) }
            guard seen.insert(name).inserted else { throw .task(.repeatedLabel(label.name)) }
        }
        for label in labels {
            for spelling in label.spellings where !seen.insert(LabelWords.plain(spelling)).inserted {
                throw .task(.repeatedSpelling(spelling, label: label.name))
            }
        }
        let known = Set(labels.map(\.name))
        for example in examples where !known.contains(example.label) {
            throw .task(.unknownExampleLabel(label: example.label, known: labels.map(\.name)))
        }
    }

    fileprivate var firstWordsTellLabelsApart: Bool { labelsWithSharedWords.isEmpty }

    /// Labels whose first word is another's too, or the start of it: no first token names only one of them for sure.
    fileprivate var labelsWithSharedWords: [String] {
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
