import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// The probe says what an endpoint does, whatever that is, and what cannot work is said before anything is spent.
@Suite struct ProbeTests {
    private func probe(
        _ answers: FaultEndpointAnswers, forms: [PromptForm] = PromptForm.allCases,
        script: @escaping FaultEndpoint.Script = { _ in nil },
        change: (inout TeacherConfiguration) -> Void = { _ in }
    ) async throws -> (probe: TeacherProbe, calls: Int) {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start(answers: answers, script: script)
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger, change: change),
            surroundings: RecordedPauses().surroundings())
        let probe = try #require(try await teacher.probe(forms: forms))
        let calls = endpoint.calls.count
        // The second probe is free, and finds the same; speed cannot be measured on recorded answers.
        var again = try #require(try await teacher.probe(forms: forms))
        #expect(endpoint.calls.count == calls || !answers.isComplete, "asked again")
        again.speeds = probe.speeds
        again.rates = probe.rates
        #expect(again == probe)
        try await teacher.close()
        try await endpoint.stop()
        return (probe, calls)
    }

    @Test func everythingIsFound() async throws {
        var answers = FaultEndpointAnswers()
        answers.abilities.headers = ["x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1s"]
        let (probe, _) = try await probe(answers)
        for form in PromptForm.allCases {
            let found = try #require(probe[form])
            // The endpoint's answers hold six tokens.
            #expect(found.logprobs == TeacherProbe.Logprobs(most: 6, shape: .content))
            #expect(found.choicesPerCall == 8 && found.honoursSeed == true && found.honoursSchema)
        }
        #expect(probe.embeddingWidth == 4)
        #expect(probe.offeredModels == ["test-model"])
        #expect(probe.cachedTokens ?? 0 > 50)
        #expect(probe.contextTokens == 2048)
        #expect(probe.rates?.remainingRequests == 59)
        #expect(probe.speeds.map(\.inFlight) == [1, 4, 8])
        #expect(probe.problems.isEmpty)
    }

    @Test func nothingIsMadeUp() async throws {
        var answers = FaultEndpointAnswers(shape: .legacyDictionary)
        answers.abilities.forms = ["completions"]
        answers.abilities.severalChoices = false
        answers.abilities.honoursSeed = false
        answers.abilities.honoursSchema = false
        answers.abilities.embeddingWidth = nil
        answers.abilities.cachedShare = nil
        answers.abilities.contextTokens = nil
        let (probe, _) = try await probe(answers)
        let found = try #require(probe.completion)
        #expect(found.logprobs == TeacherProbe.Logprobs(most: 6, shape: .legacyDictionary))
        #expect(found.choicesPerCall == 1 && found.honoursSeed == false && !found.honoursSchema)
        #expect(probe.chat == nil && probe.problems["chat"]?.contains("not supported by this model") == true)
        #expect(probe.embeddingWidth == nil && probe.problems["embeddings"]?.contains("501") == true)
        #expect(probe.cachedTokens == nil && probe.contextTokens == nil && probe.rates == nil)
    }

    /// Endpoints differ in how many log-probabilities they list.
    @Test(arguments: [1, 5, 10, 20, 50, 100]) func capOnLogprobsIsFound(_ cap: Int) async throws {
        var answers = FaultEndpointAnswers(tokens: { _ in (0..<150).map { ("t\($0)", 1 / Double($0 + 150)) } })
        answers.abilities.mostLogprobs = cap
        let (probe, _) = try await probe(answers, forms: [.chat])
        #expect(probe.chat?.logprobs?.most == (cap == 50 ? 20 : cap))
        // What it turned down is not asked for again; a cap that is no hindrance changes no request.
        var task = sentimentTask
        task.form = .chat
        #expect(probe.adapted(task).topLogprobs == (cap < 20 ? cap : nil))
        #expect(probe.adapted(task).samplesPerCall == 8)
        task.topLogprobs = 3
        #expect(probe.adapted(task).topLogprobs == 3)
    }

    /// Vectors alone can be looked at, and their lack is said.
    @Test(arguments: [4, nil]) func embeddingsAlone(_ width: Int?) async throws {
        var answers = FaultEndpointAnswers()
        answers.abilities.forms = []
        answers.abilities.embeddingWidth = width
        if width != nil {
            let (probe, _) = try await probe(answers, forms: [])
            #expect(probe.embeddingWidth == width)
        } else {
            let error = await teacherError { _ = try await probe(answers, forms: []) }
            #expect(error?.description.contains("501") == true)
        }
    }

    @Test func contextIsReadFromTheErrorWhereNothingElseSaysIt() async throws {
        var answers = FaultEndpointAnswers()
        answers.abilities.contextTokens = nil
        let words =
            #"{"error":{"message":"This model's maximum context length is 4096 tokens. However, you asked for more"}}"#
        let (probe, _) = try await probe(answers) { request in
            String(decoding: request.body, as: UTF8.self).contains("20000000")
                ? .body(status: 400, type: "application/json", words) : nil
        }
        #expect(probe.contextTokens == 4096)
    }

    @Test func missingLogprobsAreSaidBeforeAnythingIsSpent() async throws {
        let folder = try TemporaryFolder()
        var answers = FaultEndpointAnswers()
        answers.abilities.mostLogprobs = 0
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let error = await teacherError { try await teacher.check(form: .chat) }
        #expect(error == .noLogprobs(model: "test-model", endpoint: endpoint.url.absoluteString))
        let probe = try await teacher.check(form: .chat, needsLogprobs: false)
        #expect(probe?.chat != nil && probe?.chat?.logprobs == nil)
        let counts = try await teacher.ledger.statistics()
        #expect(counts.groups.allSatisfy { $0.purpose == .probe })
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func formThatIsNotOfferedNamesTheOther() async throws {
        let folder = try TemporaryFolder()
        var answers = FaultEndpointAnswers()
        answers.abilities.forms = ["chat/completions"]
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let error = await teacherError { try await teacher.check(form: .completion) }
        #expect(error?.description.contains("takes no completion prompts") == true)
        let probe = try #require(try await teacher.probe(measuresSpeed: false))
        let second = #expect(throws: TeacherError.self) { try probe.verify(form: .completion, needsLogprobs: true) }
        #expect(try #require(second).description.contains("set teacher.prompt-form to chat"))
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Probing is paid like anything else, and stops at the limit.
    @Test func budgetHoldsForProbes() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger) { $0.budget.requests = 3 })
        let error = await teacherError { _ = try await teacher.probe() }
        guard case .budgetReached(.requests, _, _, _, _) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(endpoint.calls.count == 3)
        try await teacher.close()
        try await endpoint.stop()
    }
}

extension FaultEndpointAnswers {
    /// Whether every probe call has an answer; refused ones are free and are asked again.
    fileprivate var isComplete: Bool {
        abilities.forms.count == 2 && abilities.embeddingWidth != nil && abilities.contextTokens != nil
            && abilities.mostLogprobs >= 100
    }
}
