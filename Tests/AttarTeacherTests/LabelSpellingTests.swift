import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct LabelSpellingTests {
    private let topics = [
        TeacherLabel(name: "Sports"), TeacherLabel(name: "Sci/Tech", spellings: ["Technology", "Science"]),
    ]

    private func answer(_ tokens: [(token: String, probability: Double)], task: LabelTask) async throws -> LabelAnswer {
        let endpoint = try await FaultEndpoint.start(answers: FaultEndpointAnswers(tokens: { _ in tokens }))
        let folder = try TemporaryFolder()
        let answer = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { teacher in
            try await teacher.label(["A new telescope."], task: task, purpose: .training)[0]
        }
        try await endpoint.stop()
        return answer
    }

    /// All words that mean a label add to it, on each rung that reads log-probabilities; what means none stays outside.
    @Test(arguments: [LabelMethod.tokens, .scoring]) func spellingsAreSummed(_ method: LabelMethod) async throws {
        let task = LabelTask(labels: topics, answers: .names, method: method)
        let tokens = [
            (token: " Technology", probability: 0.4), (token: "Science", probability: 0.2),
            (token: " Sci", probability: 0.1), (token: " Sports", probability: 0.1),
            (token: " World", probability: 0.2),
        ]
        let found = try await answer(tokens, task: task)
        // “Sci” begins both a name and a spelling, of the same label.
        // Log-probabilities are kept to five digits.
        #expect(abs(found.probabilities[1] - 0.7 / 0.8) < 1e-5)
        #expect(abs(found.massOutside - 0.2) < 1e-5)
        var plain = task
        plain.labels[1].spellings = []
        let strict = try await answer(tokens, task: plain)
        #expect(strict.massOutside > 0.7)
    }

    @Test(arguments: [("Technology.", 1), ("science", 1), ("Sports", 0), ("Scientology", nil)] as [(String, Int?)])
    func answersInWordsAreReadBySpelling(_ answer: String, _ label: Int?) {
        let words = LabelWords(["Sports", "Sci/Tech"], others: [[], ["Technology", "Science"]])
        #expect(words.label(namedBy: answer) == label)
    }

    /// Spellings are read, never sent: what is paid for does not depend on them.
    @Test func spellingsChangeNoRequest() async throws {
        let endpoint = try await FaultEndpoint.start()
        let folder = try TemporaryFolder()
        for spellings in [[], ["good"]] {
            var task = sentimentTask
            task.labels[0].spellings = spellings
            _ = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { [task] teacher in
                try await teacher.label(texts(4), task: task, purpose: .training)
            }
        }
        #expect(endpoint.calls.count == 4)
        try await endpoint.stop()
    }

    @Test(arguments: ["Sports", "sports", "Technology"]) func wordOfTwoLabelsIsRefused(_ spelling: String) throws {
        var labels = topics
        labels.append(TeacherLabel(name: "Other", spellings: [spelling]))
        let error = #expect(throws: TeacherError.self) { try LabelPlan(LabelTask(labels: labels)) }
        #expect(error == .task(.repeatedSpelling(spelling, label: "Other")))
    }
}

/// A teacher that names no label is not asked on and on.
@Suite struct SilentTeacherTests {
    private func silent(_ said: String = "Well") -> FaultEndpointAnswers {
        FaultEndpointAnswers(tokens: { _ in [(said, 0.9)] }, text: { _, _ in said })
    }

    @Test(arguments: [LabelMethod.tokens, .scoring, .sampling, .hard])
    func jobEndsEarly(_ method: LabelMethod) async throws {
        let endpoint = try await FaultEndpoint.start(answers: silent())
        let folder = try TemporaryFolder()
        var task = sentimentTask
        task.method = method
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let error = await teacherError { [task] in
            _ = try await teacher.label(texts(1000), task: task, purpose: .training)
        }
        guard case .noLabelNamed("test-model", _, ["Well"], ["positive", "negative"]) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((50...60).contains(endpoint.calls.count))
        #expect(try await teacher.ledger.counts().settled == endpoint.calls.count, "what was paid is kept")
        try await teacher.close()
        try await endpoint.stop()
    }

    /// A recording is read to its end: it costs nothing, and one label in it is enough.
    @Test func recordingsAreReadToTheEnd() async throws {
        let answers = FaultEndpointAnswers(tokens: { prompt in
            [(prompt.contains("number 7 ") ? " positive" : "Well", 0.9)]
        })
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let folder = try TemporaryFolder()
        // The seventh is among the first that are paid for.
        let first = texts(100)
        let paid = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) {
            try await $0.label(first, task: sentimentTask, purpose: .training)
        }
        #expect(paid.count(where: \.isAnswered) == 1)
        let replayed = try await Teacher.use(
            configuration(endpoint.url, ledger: folder.ledger) { $0.isOffline = true }
        ) { try await $0.label(Array(first.reversed()), task: sentimentTask, purpose: .training) }
        #expect(replayed.map(\.isAnswered) == paid.map(\.isAnswered).reversed())
        let none = await teacherError {
            _ = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger) { $0.isOffline = true }) {
                try await $0.label(Array(first[20...]), task: sentimentTask, purpose: .training)
            }
        }
        guard case .noLabelNamed(_, 80, _, _) = none else {
            Issue.record("\(String(describing: none))")
            return
        }
        try await endpoint.stop()
    }
}

/// Several answers in one call cost one prompt.
@Suite struct SamplesAtOnceTests {
    private let answers = FaultEndpointAnswers(text: { _, seed in
        seed % 5 < 3 ? " positive" : seed % 5 == 3 ? "Negative!" : " hard to say"
    })

    private func label(
        _ endpoint: FaultEndpoint, _ ledger: URL, perCall: Int?, isOffline: Bool = false
    ) async throws -> [LabelAnswer] {
        var task = sentimentTask
        (task.samples, task.samplesPerCall, task.method) = (5, perCall, .sampling)
        return try await Teacher.use(configuration(endpoint.url, ledger: ledger) { $0.isOffline = isOffline }) {
            [task] in try await $0.label(texts(3), task: task, purpose: .training)
        }
    }

    @Test(arguments: [1, 2, 4, 8]) func countsAreThoseOfSingleCalls(_ perCall: Int) async throws {
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let folder = try TemporaryFolder()
        let found = try await label(endpoint, folder.ledger, perCall: perCall)
        #expect(endpoint.calls.count == 3 * [1: 5, 2: 3, 4: 2, 8: 1][perCall]!)
        #expect(found.allSatisfy { abs($0.probabilities[0] - 3.5 / 5) < 1e-12 && abs($0.massOutside - 0.2) < 1e-12 })
        // A ledger serves a task that does not know how it was asked.
        let replayed = try await label(endpoint, folder.ledger, perCall: nil, isOffline: true)
        #expect(replayed == found)
        try await endpoint.stop()
    }

    /// One that gives a single answer all the same is believed as one.
    @Test func fewerAnswersThanAskedForAreCountedAsTheyCame() async throws {
        var answers = answers
        answers.abilities.severalChoices = false
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let folder = try TemporaryFolder()
        let found = try await label(endpoint, folder.ledger, perCall: 5)
        #expect(found.allSatisfy { $0.isAnswered && $0.massOutside == 0 })
        #expect(endpoint.calls.count == 3)
        try await endpoint.stop()
    }
}
