import Foundation

/// Turns texts into labelling requests. Made once a task; the fixed part is laid out once.
struct LabelPrompt {
    let words: [String]
    private let task: LabelTask
    private let showsChoices: Bool

    init(_ task: LabelTask) throws(TeacherError) {
        words = try task.answerWords()
        self.task = task
        showsChoices = words != task.labels.map(\.name)
    }

    /// `nil` for a text without content.
    func request(for text: String, model: String, topLogprobs: Int) -> CompletionRequest? {
        let line = oneLine(text, limitCharacters: task.textLimitCharacters)
        guard !line.isEmpty else { return nil }
        return CompletionRequest(
            model: model, prompt: task.form == .chat ? chat(line) : completion(line), maxTokens: 1, temperature: 0,
            topLogprobs: topLogprobs)
    }

    private func completion(_ line: String) -> CompletionRequest.Prompt {
        var blocks = introduction
        blocks += task.examples.map { question(oneLine($0.text)) + " " + answer($0.label) }
        return .completion((blocks + [question(line)]).joined(separator: "\n\n"))
    }

    private func chat(_ line: String) -> CompletionRequest.Prompt {
        var messages: [CompletionRequest.Message] = []
        let system = introduction.joined(separator: "\n\n")
        if !system.isEmpty { messages.append(.init(role: "system", content: system)) }
        for example in task.examples {
            messages.append(.init(role: "user", content: chatQuestion(oneLine(example.text))))
            messages.append(.init(role: "assistant", content: answer(example.label)))
        }
        messages.append(.init(role: "user", content: chatQuestion(line)))
        return .chat(messages)
    }

    /// Instruction and choices; empty parts are left out.
    private var introduction: [String] {
        var parts = task.instruction.isEmpty ? [] : [task.instruction]
        if showsChoices {
            let choices = zip(words, task.labels).map { letter, label in
                "\(letter)) \(label.name)" + (label.description.map { ": " + $0 } ?? "")
            }
            parts.append(choices.joined(separator: "\n"))
        }
        return parts
    }

    private func question(_ line: String) -> String { "\(task.textHeading): \(line)\n\(task.answerHeading):" }

    private func chatQuestion(_ line: String) -> String { "\(task.textHeading): \(line)" }

    private func answer(_ label: String) -> String {
        // `answerWords()` has checked that every example's label is one of the task's.
        zip(task.labels, words).first { $0.0.name == label }?.1 ?? label
    }
}

/// The text on one line, since a line break ends it in every prompt, and cut to the limit.
func oneLine(_ text: String, limitCharacters: Int = .max) -> String {
    let joined = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return joined.count > limitCharacters ? String(joined.prefix(limitCharacters)) : joined
}
