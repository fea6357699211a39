import AttarData
import Foundation

/// What values of an attribute a teacher is asked for.
package struct AttributeQuestion: Sendable, Hashable {
    /// What the texts are, in a sentence.
    package var about: String
    package var name: String
    /// All labels: their names are no values.
    package var labels: [String]
    /// Values are to fit texts of this label alone.
    package var label: String?
    /// Values that the user has already: they show what is meant, and are not proposed again.
    package var known: [String]
    /// How many are wanted.
    package var count: Int
    package var form: PromptForm

    package init(
        about: String, name: String, labels: [String] = [], label: String? = nil, known: [String] = [], count: Int = 20,
        form: PromptForm
    ) {
        self.about = about
        self.name = name
        self.labels = labels
        self.label = label
        self.known = known
        self.count = count
        self.form = form
    }
}

/// Values that a teacher proposed for an attribute: for a person to look through.
package struct AttributeProposal: Sendable, Hashable {
    package let question: AttributeQuestion
    /// Different ones, in the order in which they came.
    package let values: [String]
    /// How many answers, or lines of them, there were, and those that were no value.
    package let answers: Int
    package let uselessAnswers: [String]

    package var useless: Int { uselessAnswers.count }

    /// Why a person should not expect much of it; nil where it looks well.
    package var complaint: String? {
        if values.isEmpty { return "none of \(answers) answers was a value" }
        if 2 * useless > answers { return "\(useless) of \(answers) answers were no values" }
        if 2 * values.count < question.count {
            return "\(answers - useless) answers had only \(values.count) different values"
        }
        return nil
    }
}

extension Teacher {
    /// Values for an attribute: models that take chats are asked for lists, others for one value a call, as small ones repeat
    /// themselves in lists. Two or three times as many are asked for as are wanted.
    package func propose(_ question: AttributeQuestion) async throws -> AttributeProposal {
        let perCall = question.form == .chat ? 20 : 1
        let count = (3 * question.count + perCall - 1) / perCall
        let calls = (0..<count).map { draw in
            TeacherCall(
                request: CompletionRequest(
                    model: configuration.model, prompt: question.prompt(perCall: perCall),
                    maxTokens: 16 * perCall, temperature: 1, stop: question.form == .chat ? [] : ["\n"],
                    seed: configuration.sendsSeed ? UInt32(draw) : nil),
                purpose: .training, draw: draw)
        }
        let lines = try await answers(to: calls).flatMap { settled in
            settled.answer.text.split(whereSeparator: \.isNewline).prefix(perCall).map(String.init)
        }
        var seen = Set(question.known.map(normalizedText))
        var values: [String] = []
        var useless: [String] = []
        for line in lines {
            guard let value = question.value(in: line), !question.isEcho(value) else {
                useless.append(line)
                continue
            }
            if seen.insert(normalizedText(value)).inserted { values.append(value) }
        }
        return AttributeProposal(
            question: question, values: Array(values.prefix(question.count)), answers: lines.count,
            uselessAnswers: useless)
    }
}

extension AttributeQuestion {
    /// Invented lists that show a small model what is wanted.
    private static let samples = [
        ("letters to the office of a zoo", "animal", ["giraffe", "sea lion", "barn owl"]),
        ("posts in a forum about gardening", "writer", ["a proud beginner", "an old farmer"]),
        ("reports of a fire brigade", "place", ["school kitchen", "motorway bridge", "hay barn"]),
    ]
    private static let mostWords = 8
    private static let mostCharacters = 60

    fileprivate func prompt(perCall: Int) -> CompletionRequest.Prompt {
        if form == .chat {
            let fitting = label.map { " that fits texts of the label “\($0)”" } ?? ""
            let others = known.isEmpty ? "" : " There are already: \(known.prefix(50).joined(separator: "; "))."
            return .chat([
                .init(
                    role: "user",
                    content: """
                        Texts: \(about)
                        These texts are to be varied by “\(name)”. Propose \(perCall) very different values of it\(fitting), \
                        each of one to five words, one a line, and nothing else.\(others)
                        """)
            ])
        }
        let shown = Self.samples.flatMap { about, name, values in
            values.map { "Texts: \(about)\n\(Self.heading(name)): \($0)" }
        }
        let own = known.prefix(6).map { heading + " " + $0 }
        return .completion((shown + own + [heading]).joined(separator: "\n\n"))
    }

    private var heading: String {
        let fitting = label.map { "Label: \($0)\n" } ?? ""
        return "Texts: \(oneLine(about))\n\(fitting)\(Self.heading(name)):"
    }

    private static func heading(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

    /// Whether a value says nothing but what the question does.
    fileprivate func isEcho(_ value: String) -> Bool {
        let asked = Set(normalizedText(([about, name] + labels).joined(separator: " ")).split(separator: " "))
        return normalizedText(value).split(separator: " ").allSatisfy(asked.union(["a", "an", "the"]).contains)
    }

    /// The value in a line of an answer; nil where it is none.
    fileprivate func value(in line: String) -> String? {
        let bare = line.trimmingPrefix(/\s*(?:\(?[0-9]{1,3}[.)]|[-*•–])?\s*/)
        let value = oneLine(String(bare)).trimmingCharacters(in: .init(charactersIn: " \"“”'.,;"))
        guard value.contains(where: \.isLetter), value.count <= Self.mostCharacters, !value.contains(":"),
            value.split(separator: " ").count <= Self.mostWords, formatFlaw(of: value) == nil
        else { return nil }
        return value
    }
}
