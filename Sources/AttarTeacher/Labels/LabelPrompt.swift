import Foundation

/// Turns texts into labelling requests. Made once a task; the fixed part is laid out once.
struct LabelPrompt: Sendable {
    let plan: LabelPlan
    private let task: LabelTask
    private let listsLabels: Bool
    /// The words of all labels; nil where each text has a shortlist of its own.
    private let allWords: LabelWords?
    private let indexes: [String: Int]

    init(_ task: LabelTask, hasLogprobs: Bool = true) throws(TeacherError) {
        plan = try LabelPlan(task, hasLogprobs: hasLogprobs)
        self.task = task
        let isShortlisted = task.similar != nil && task.shortlist.map { $0 < task.labels.count } ?? false
        allWords = isShortlisted ? nil : plan.words(for: task.labels)
        indexes = Dictionary(zip(task.labels.map(\.name), task.labels.indices)) { first, _ in first }
        listsLabels = task.listsLabels ?? false || plan.answers != .names
    }

    func question(about text: String) -> LabelQuestion {
        let line = oneLine(text, limitCharacters: task.textLimitCharacters)
        let near = task.nearestExamples > 0 ? task.similar?.nearest(to: text, count: task.nearestExamples) ?? [] : []
        if let allWords {
            let prompt = prompt(line, near, candidates: Array(task.labels.indices), words: allWords)
            return LabelQuestion(prompt: prompt, candidates: Array(task.labels.indices), words: allWords)
        }
        let candidates =
            task.similar?.likeliestLabels(for: text, labels: task.labels, count: task.shortlist ?? 0) ?? []
        let words = plan.words(for: candidates.map { task.labels[$0] })
        return LabelQuestion(
            prompt: prompt(line, near, candidates: candidates, words: words), candidates: candidates, words: words)
    }

    private func prompt(
        _ line: String, _ near: [LabelledExample], candidates: [Int], words: LabelWords
    ) -> CompletionRequest.Prompt {
        // Choices of one text only cannot stand before what all texts share.
        let list = listsLabels ? [choices(candidates, words)] : []
        let isShared = candidates.count == task.labels.count
        let introduction = (task.instruction.isEmpty ? [] : [task.instruction]) + (isShared ? list : [])
        let place = Dictionary(zip(candidates, words.shown)) { first, _ in first }
        // An example whose label is not among this text's choices has no answer to show.
        let examples = (task.examples + near).compactMap { example in
            indexes[example.label].flatMap { place[$0] }.map { (oneLine(example.text, limitCharacters: 400), $0) }
        }
        let own = isShared ? "" : list.map { $0 + "\n\n" }.joined()
        switch task.form {
        case .completion:
            let blocks = introduction + examples.map { "\(question($0.0)) \($0.1)" } + [own + question(line)]
            return .completion(blocks.joined(separator: "\n\n"))
        case .chat:
            let system = introduction.joined(separator: "\n\n")
            var messages: [CompletionRequest.Message] = system.isEmpty ? [] : [.init(role: "system", content: system)]
            for (text, answer) in examples {
                messages.append(.init(role: "user", content: chatQuestion(text)))
                messages.append(.init(role: "assistant", content: answer))
            }
            messages.append(.init(role: "user", content: own + chatQuestion(line)))
            return .chat(messages)
        }
    }

    private func choices(_ candidates: [Int], _ words: LabelWords) -> String {
        zip(candidates, words.shown).map { label, word in
            let label = task.labels[label]
            let description = label.description.map { ": " + $0 } ?? ""
            return words.areChoices ? "\(word)) \(label.name)\(description)" : "- \(word)\(description)"
        }.joined(separator: "\n")
    }

    private func question(_ line: String) -> String { "\(task.textHeading): \(line)\n\(task.answerHeading):" }

    private func chatQuestion(_ line: String) -> String { "\(task.textHeading): \(line)" }
}

/// What is asked about one text.
struct LabelQuestion: Sendable {
    let prompt: CompletionRequest.Prompt
    /// The labels that are asked about.
    let candidates: [Int]
    /// What stands for each of them.
    let words: LabelWords

    /// The call for the likeliest tokens after the beginning of an answer.
    func tokenRequest(after beginning: String = "", model: String, topLogprobs: Int) -> CompletionRequest {
        var prompt = prompt
        if !beginning.isEmpty, case .completion(let text) = prompt { prompt = .completion(text + beginning) }
        return CompletionRequest(
            model: model, prompt: prompt, maxTokens: 1, temperature: 0, topLogprobs: topLogprobs)
    }

    /// The call for an answer in words.
    ///
    /// - Parameter choices: answers that the call asks for.
    func answerRequest(
        model: String, temperature: Double, seed: UInt32? = nil, choices: Int = 1
    ) -> CompletionRequest {
        let longest = words.shown.map(\.utf8.count).max() ?? 1
        var stop = [String]()
        if case .completion = prompt { stop = ["\n"] }
        return CompletionRequest(
            model: model, prompt: prompt, maxTokens: min(max(longest, 4), 32), temperature: temperature, stop: stop,
            seed: seed, options: choices > 1 ? ["n": .integer(choices)] : [:])
    }
}

/// The text on one line, since a line break ends it in every prompt, and cut to the limit.
func oneLine(_ text: String, limitCharacters: Int = .max) -> String {
    let joined = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return joined.count > limitCharacters ? String(joined.prefix(limitCharacters)) : joined
}
