import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// Each way in which an endpoint fails ends in its own error with words that help.
@Suite struct FaultMessageTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var fault: FaultEndpointFault
        var words: [String]
        /// Attempts that are worth making with 2 retries.
        var attempts: Int

        var testDescription: String { "\(fault)" }
    }

    static let cases: [Case] = [
        Case(fault: .status(401), words: ["refused", "401", "api-key-env"], attempts: 1),
        Case(fault: .status(403), words: ["refused", "403"], attempts: 1),
        Case(fault: .unknownModel, words: ["does not exist", "404", "teacher.endpoint"], attempts: 1),
        Case(
            fault: .tooManyRequests(retryAfter: nil), words: ["429", "3 attempts", "teacher.concurrency"], attempts: 3),
        Case(fault: .tooManyRequests(retryAfter: "17"), words: ["429", "wait 17 s"], attempts: 3),
        Case(fault: .status(500), words: ["500", "3 attempts", "kept"], attempts: 3),
        Case(fault: .html(status: 502), words: ["502", "3 attempts", "kept"], attempts: 3),
        Case(fault: .html(status: 200), words: ["HTML", "teacher.endpoint", "/v1"], attempts: 3),
        Case(fault: .status(400), words: ["rejects", "400", "scripted 400"], attempts: 1),
        Case(
            fault: .redirect(to: "https://elsewhere.example/v1?key=1"),
            words: ["redirects", "https://elsewhere.example/v1,"], attempts: 1),
        Case(fault: .hang, words: ["within 1 s", "timeout-seconds"], attempts: 3),
        Case(fault: .slowDrip, words: ["within 1 s"], attempts: 3),
        Case(fault: .reset, words: ["broke the connection", "3 times"], attempts: 3),
        Case(fault: .cutBody, words: ["broke the connection", "3 times"], attempts: 3),
        Case(fault: .badJSON, words: ["broken JSON"], attempts: 3),
        Case(fault: .wrongShape, words: ["another shape", "choices"], attempts: 3),
        Case(fault: .emptyBody, words: ["with nothing"], attempts: 3),
        Case(fault: .endlessBody, words: ["more than 65536 bytes"], attempts: 3),
        Case(fault: .noLogprobs, words: ["log-probabilities", "test-model"], attempts: 1),
    ]

    @Test(arguments: cases) func faultIsNamed(_ example: Case) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { $0.path.hasSuffix("completions") ? example.fault : nil }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.retries = 2
            $0.timeoutSeconds = 1
            $0.answerLimitBytes = 65536
            if example.fault != .hang, example.fault != .slowDrip { $0.timeoutSeconds = 20 }
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let error = await teacherError {
            _ = try await teacher.label(["A fine kettle."], task: sentimentTask, purpose: .training)
        }
        let text = try #require(error).description
        for word in example.words { #expect(text.contains(word), "“\(text)” does not say “\(word)”") }
        #expect(endpoint.calls.count == example.attempts)
        // An answer that lacks something is an answer, and paid for.
        #expect(try await teacher.ledger.counts().settled == (example.fault == .noLogprobs ? 1 : 0))
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func endpointThatIsDown() async throws {
        let folder = try TemporaryFolder()
        // A port that no other test is given meanwhile.
        let url = try #require(URL(string: "http://127.0.0.1:9/v1"))
        let teacher = try Teacher(
            configuration(url, ledger: folder.ledger), surroundings: RecordedPauses().surroundings())
        let error = await teacherError { try await teacher.check(form: .completion) }
        #expect(error == .unreachable(endpoint: url.absoluteString, detail: "connection refused"))
        #expect(error?.description.contains("scripts/local-teacher start") == true)
        try await teacher.close()
    }

    @Test func unknownModelNamesThoseOffered() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start(answers: FaultEndpointAnswers(models: ["small", "large"]))
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger), surroundings: RecordedPauses().surroundings())
        let error = await teacherError { try await teacher.check(form: .chat) }
        #expect(
            error
                == .unknownModel(
                    model: "test-model", endpoint: endpoint.url.absoluteString, offered: ["small", "large"]))
        #expect(error?.description.contains("small, large") == true)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// A server with one model that answers whatever name it is called by.
    @Test func otherModelIsNoticedBeforeAnythingIsSpent() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { request in
            request.path.hasSuffix("models")
                ? .body(status: 200, type: "application/json", #"{"data":[{"id":"other-model"}]}"#) : nil
        }
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger), surroundings: RecordedPauses().surroundings())
        let error = await teacherError { try await teacher.check(form: .chat) }
        #expect(error?.description.contains("other-model") == true)
        #expect(endpoint.calls.isEmpty)
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func wrongPath() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let wrong = endpoint.url.deletingLastPathComponent().appendingPathComponent("api")
        let teacher = try Teacher(
            configuration(wrong, ledger: folder.ledger), surroundings: RecordedPauses().surroundings())
        let error = await teacherError { try await teacher.check(form: .completion) }
        #expect(error == .wrongPath(url: wrong.absoluteString + "/completions"))
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test(arguments: [
        ("http://teacher.example/v1", "https://"), ("ftp://127.0.0.1/v1", "no address"),
        ("https://user:hunter2@teacher.example/v1", "not allowed"),
        ("https://teacher.example/v1?key=hunter2", "not allowed"),
        ("nonsense", "no address"),
    ])
    func addressesThatAreRefused(_ address: String, word: String) throws {
        let folder = try TemporaryFolder()
        let url = try #require(URL(string: address))
        let error = #expect(throws: TeacherError.self) { _ = try Teacher(configuration(url, ledger: folder.ledger)) }
        let text = try #require(error).description
        #expect(text.contains(word))
        #expect(!text.contains("hunter2"))
    }

    @Test(arguments: [nil, "", "two\nlines"]) func keyThatCannotBeSent(_ value: String?) async throws {
        let folder = try TemporaryFolder()
        let url = try #require(URL(string: "https://teacher.example/v1"))
        let settings = configuration(url, ledger: folder.ledger) { $0.apiKeyEnvironmentName = "SOME_KEY" }
        let environment = value.map { ["SOME_KEY": $0] } ?? [:]
        let error = #expect(throws: TeacherError.self) {
            _ = try Teacher(settings, surroundings: TeacherSurroundings(environment: environment))
        }
        #expect(try #require(error).description.contains("SOME_KEY"))
    }
}
