import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// A teacher whose answers are whole labels drawn from a known distribution, written in tokens of a few characters:
/// what a language model is to whoever sees only its next tokens.
struct SpelledTeacher: Sendable {
    let answers: [(text: String, probability: Double)]
    var tokenLength = 3

    /// The next tokens after what the prompt ends in, by the answers that begin like it.
    func tokens(_ prompt: String) -> [(token: String, probability: Double)] {
        let beginning = prompt.range(of: "Label:", options: .backwards).map { String(prompt[$0.upperBound...]) } ?? ""
        var next: [String: Double] = [:]
        for answer in answers where (answer.text + "\n").hasPrefix(beginning) {
            let rest = (answer.text + "\n").dropFirst(beginning.count)
            // Tokens are cut at fixed places of the answer, as if by a vocabulary.
            next[String(rest.prefix(tokenLength - beginning.count % tokenLength)), default: 0] += answer.probability
        }
        let total = next.values.reduce(0, +)
        return next.map { ($0.key, $0.value / total) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    func endpoint() async throws -> FaultEndpoint {
        try await FaultEndpoint.start(answers: FaultEndpointAnswers(tokens: tokens))
    }
}

@Suite struct LabelScoringTests {
    private func names(_ count: Int, seed: UInt64) -> [String] {
        var random = SplitMix64(seed: seed)
        let parts = ["card", "lost", "new", "fee", "cash", "top", "up"]
        var names = Set<String>()
        while names.count < count {
            let length = Int.random(in: 1...4, using: &random)
            names.insert((0..<length).map { _ in parts.randomElement(using: &random)! }.joined(separator: "_"))
        }
        return names.sorted()
    }

    /// Whatever the labels share and however the tokens fall, each label gets the probability of its being answered.
    @Test(arguments: [(3, 2, 1), (12, 3, 2), (77, 4, 3), (77, 1, 4), (30, 2, 5)] as [(Int, Int, UInt64)])
    func scoresAreTheTeachersOwn(_ count: Int, _ tokenLength: Int, _ seed: UInt64) async throws {
        let labels = names(count, seed: seed)
        var random = SplitMix64(seed: seed)
        let weights = labels.map { _ in Double.random(in: 0.05...1, using: &random) }
        let total = weights.reduce(0, +) / 0.9
        var answers = zip(labels, weights).map { (text: " " + $0.replacing("_", with: " "), probability: $1 / total) }
        answers.append((" zzz none of them", 0.1))
        let endpoint = try await SpelledTeacher(answers: answers, tokenLength: tokenLength).endpoint()
        let folder = try TemporaryFolder()
        let task = LabelTask(
            labels: labels.map { TeacherLabel(name: $0) }, answers: .names, method: .scoring, topLogprobs: 100,
            scoringCalls: 500)
        let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
            try await teacher.label(["Where is it?"], task: task, purpose: .training)[0]
        }
        try await endpoint.stop()
        #expect(abs(found.massOutside - 0.1) < 0.03)
        for (label, weight) in zip(labels.indices, weights) {
            // Branches of less than a hundredth are shared out evenly.
            #expect(abs(found.probabilities[label] - weight / total / 0.9) < 0.02)
        }
        #expect(abs(found.probabilities.reduce(0, +) - 1) < 1e-9)
    }

    @Test func callsStayWithinTheirLimitAndAreReused() async throws {
        let labels = names(40, seed: 9)
        let answers = labels.map { (text: " " + $0.replacing("_", with: " "), probability: 1.0 / 40) }
        let endpoint = try await SpelledTeacher(answers: answers).endpoint()
        let folder = try TemporaryFolder()
        let task = LabelTask(labels: labels.map { TeacherLabel(name: $0) }, method: .scoring, scoringCalls: 5)
        for _ in 0..<2 {
            let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
                try await teacher.label(["One?", "Two?", " "], task: task, purpose: .training)
            }
            #expect(endpoint.calls.count <= 10)
            #expect(found[0].isAnswered && found[1].isAnswered && !found[2].isAnswered)
        }
        try await endpoint.stop()
    }

    /// What the teacher says instead of a label is a figure, and nobody's probability.
    @Test func answersOutsideAreCountedOnly() async throws {
        let outside = [(text: " cardinal virtues", probability: 0.7), (" never mind", 0.3)]
        let endpoint = try await SpelledTeacher(answers: outside, tokenLength: 20).endpoint()
        let folder = try TemporaryFolder()
        let task = LabelTask(
            labels: ["card", "card lost", "none"].map { TeacherLabel(name: $0) }, answers: .names, method: .scoring)
        let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
            try await teacher.label(["Where is it?"], task: task, purpose: .training)[0]
        }
        #expect(!found.isAnswered && found.massOutside == 1)
        try await endpoint.stop()
    }
}

@Suite struct SampledLabelTests {
    @Test(
        arguments: [
            ("positive", 0), (" Positive.", 0), ("negative\n", 1), ("positively good", nil),
            ("The answer is positive", nil),
            ("", nil), ("negative, I think", 1), ("neg", nil),
        ] as [(String, Int?)])
    func onlyAnswersThatAreALabelCount(_ answer: String, _ label: Int?) {
        #expect(LabelWords(["positive", "negative"]).label(namedBy: answer) == label)
    }

    @Test(
        arguments: [("B", 1), ("B) no", 1), ("(A)", 0), ("A great film", nil), ("b", nil), ("BA", nil)]
            as [(String, Int?)])
    func choicesAreReadStrictly(_ answer: String, _ label: Int?) {
        #expect(LabelWords(["A", "B"]).label(namedBy: answer) == label)
    }

    @Test func longerLabelWins() {
        #expect(LabelWords(["card", "card lost"]).label(namedBy: "Card lost!") == 1)
        #expect(LabelWords(["1", "12"]).label(namedBy: "12)") == 1)
        #expect(LabelWords(["1", "12"]).label(namedBy: "1)") == 0)
    }

    @Test(arguments: [[5, 0, 0], [3, 1, 1], [0, 0, 1]])
    func shrinkageKeepsOrderAndSums(_ counts: [Int]) {
        let answer = LabelAnswer(counts: counts, total: 8, concentration: 1)
        #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-12)
        #expect(answer.probabilities.allSatisfy { $0 > 0 })
        #expect(answer.massOutside == Double(8 - counts.reduce(0, +)) / 8)
        for (left, right) in zip(counts.indices, counts.indices.dropFirst()) where counts[left] > counts[right] {
            #expect(answer.probabilities[left] > answer.probabilities[right])
        }
        #expect(!LabelAnswer(counts: [0, 0], total: 3, concentration: 1).isAnswered)
    }

    /// A sampled teacher's shares are found again, and its other answers are counted.
    @Test func sharesAreFound() async throws {
        let answers = FaultEndpointAnswers(text: { _, seed in
            seed % 10 < 6 ? " positive" : seed % 10 < 8 ? "Negative!" : " hard to say"
        })
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let folder = try TemporaryFolder()
        var task = sentimentTask
        task.samples = 20
        let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
            try await teacher.label(["So so."], task: task, purpose: .training, hasLogprobs: false)[0]
        }
        #expect(endpoint.calls.count == 20)
        #expect(abs(found.probabilities[0] - (12 + 0.5) / 17) < 1e-12)
        #expect(abs(found.massOutside - 0.2) < 1e-12)
        try await endpoint.stop()
    }
}

@Suite struct PromptLayoutTests {
    private let pool = (0..<60).map { index in
        LabelledExample(
            text: index % 2 == 0 ? "the kettle number \(index) broke at once" : "a song about river number \(index)",
            label: index % 2 == 0 ? "negative" : "positive")
    }

    /// Fixed parts come first, what is near to the text last, and a text is no example for itself.
    @Test(arguments: PromptForm.allCases) func nearestExamplesStandAfterWhatIsFixed(_ form: PromptForm) async throws {
        let endpoint = try await FaultEndpoint.start()
        let folder = try TemporaryFolder()
        var task = sentimentTask
        (task.form, task.similar, task.nearestExamples) = (form, SimilarExamples(pool), 3)
        let texts = ["a song about river number 7", "my kettle broke at once"]
        _ = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
            try await teacher.label(texts, task: task, purpose: .training)
        }
        let bodies = endpoint.calls.map { String(decoding: $0.body, as: UTF8.self) }
        for (body, word) in zip(texts.map { text in bodies.first { $0.contains(text) } ?? "" }, ["river", "kettle"]) {
            #expect(body.components(separatedBy: word).count - 1 >= 4)
            let fixed = try #require(body.range(of: "Does what it should."))
            let near = try #require(body.range(of: word))
            #expect(fixed.lowerBound < near.lowerBound)
        }
        #expect(bodies.allSatisfy { $0.components(separatedBy: "river number 7 ").count <= 1 })
        try await endpoint.stop()
    }

    @Test func shortlistsHoldTheLikelyLabels() async throws {
        let labels = (0..<50).map { TeacherLabel(name: "intent_\($0)", description: "about thing\($0)x") }
        let pool = (0..<50).flatMap { label in
            (0..<3).map { LabelledExample(text: "please help with thing\(label)x now \($0)", label: "intent_\(label)") }
        }
        let endpoint = try await FaultEndpoint.start(
            answers: FaultEndpointAnswers(tokens: { prompt in
                // Chooses the letter of the choice that the text is about.
                let thing = prompt.components(separatedBy: "Text: ").last?.split(separator: " ").first {
                    $0.hasPrefix("thing")
                }
                let line = prompt.split(separator: "\n").first { $0.hasSuffix("about \(thing ?? "")") }
                return [(line.map { String($0.prefix(1)) } ?? "?", 1)]
            }))
        let folder = try TemporaryFolder()
        let task = LabelTask(labels: labels, similar: SimilarExamples(pool), shortlist: 6)
        let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
            try await teacher.label((0..<50).map { "thing\($0)x is broken" }, task: task, purpose: .training)
        }
        #expect(found.map { likeliestLabel($0.probabilities) } == Array(0..<50))
        #expect(found.allSatisfy { abs($0.probabilities.reduce(0, +) - 1) < 1e-9 })
        try await endpoint.stop()
    }
}
