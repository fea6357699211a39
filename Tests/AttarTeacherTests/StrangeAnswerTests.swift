import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// Single answers that are no use cost their own row, and nothing else.
@Suite struct StrangeAnswerTests {
    /// A filtered or broken first token comes without log-probabilities; that says nothing about the endpoint.
    @Test func answerWithoutLogprobsIsARowWithoutAnswer() async throws {
        let endpoint = try await FaultEndpoint.start { request in
            String(decoding: request.body, as: UTF8.self).contains("number 9 ") ? .noLogprobs : nil
        }
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) {
                try await $0.label(texts(40), task: sentimentTask, purpose: .training)
            }
            #expect(found.indices.filter { !found[$0].isAnswered } == [9])
        }
        #expect(endpoint.calls.count == 40, "paid for once")
        try await endpoint.stop()
    }

    @Test func endpointWithoutLogprobsIsFoundOutEarly() async throws {
        let endpoint = try await FaultEndpoint.start { _ in .noLogprobs }
        let folder = try TemporaryFolder()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let error = await teacherError {
            _ = try await teacher.label(texts(400), task: sentimentTask, purpose: .training)
        }
        #expect(error == .noLogprobs(model: "test-model", endpoint: endpoint.url.absoluteString))
        #expect(endpoint.calls.count < 20)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// One text that an endpoint always fails on does not keep the others from being used.
    @Test(arguments: [FaultEndpointFault.status(500), .cutBody, .badJSON, .wrongShape, .reset])
    func oneTextThatAlwaysFailsIsPassedOver(_ fault: FaultEndpointFault) async throws {
        let endpoint = try await FaultEndpoint.start { request in
            String(decoding: request.body, as: UTF8.self).contains("number 17 ") ? fault : nil
        }
        let folder = try TemporaryFolder()
        let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.retries = 1 }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let found = try await teacher.label(texts(100), task: sentimentTask, purpose: .training)
        #expect(found.indices.filter { !found[$0].isAnswered } == [17])
        #expect(teacher.spending.rejectedCalls == 1)
        #expect(try await teacher.ledger.counts().settled == 99)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Counts of tokens may have any shape; without a sensible one the most that was possible is taken.
    @Test(arguments: [
        #"{"prompt_tokens":12.5,"completion_tokens":"2"}"#, #""none""#, "[]", #"{"prompt_tokens":0}"#,
        #"{"prompt_tokens":-4}"#, #"{"prompt_tokens":7,"prompt_tokens_details":[]}"#, "null",
        #"{"prompt_tokens":4000000000000,"completion_tokens":4000000000000}"#,
    ])
    func usageOfAnyShape(_ usage: String) async throws {
        let endpoint = try await FaultEndpoint.start { _ in
            .body(
                status: 200, type: "application/json",
                #"{"choices":[{"text":" positive","finish_reason":7,"logprobs":{"content":[{"top_logprobs":"#
                    + #"[{"token":" positive","logprob":-0.1}]}]}}],"usage":"# + usage + "}")
        }
        let folder = try TemporaryFolder()
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.prices = Prices(perMillionInputTokens: 1000, perMillionOutputTokens: 1000)
        }
        let teacher = try Teacher(settings)
        let found = try await teacher.label(texts(30), task: sentimentTask, purpose: .training)
        #expect(found.allSatisfy { $0.isAnswered })
        let spent = try await teacher.ledger.spent(on: "default")
        #expect(spent.requests == 30 && spent.tokens > 0 && spent.picoCost > 0)
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test("A text that the endpoint's filter answers with nothing is one without an answer")
    func filtered() async throws {
        let endpoint = try await FaultEndpoint.start { request in
            String(decoding: request.body, as: UTF8.self).contains("number 9 ")
                ? .body(
                    status: 200, type: "application/json",
                    #"{"choices":[{"text":null,"finish_reason":"content_filter"}]}"#) : nil
        }
        let folder = try TemporaryFolder()
        let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) {
            try await $0.label(texts(40), task: sentimentTask, purpose: .training)
        }
        #expect(found.indices.filter { !found[$0].isAnswered } == [9])
        try await endpoint.stop()
    }

    @Test(arguments: [
        #"[{"type":"text","text":"posi"},{"type":"text","text":"tive"}]"#, #""positive""#,
    ])
    func contentInParts(_ content: String) async throws {
        let endpoint = try await FaultEndpoint.start { _ in
            .body(status: 200, type: "application/json", #"{"choices":[{"message":{"content":"# + content + "}}]}")
        }
        let folder = try TemporaryFolder()
        var task = sentimentTask
        (task.method, task.form) = (.hard, .chat)
        let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger)) { [task] in
            try await $0.label(["Fine."], task: task, purpose: .training)
        }
        #expect(found[0].probabilities[0] > 0.9)
        try await endpoint.stop()
    }

    /// A placeholder in place of a key is part of many words: answers stay as they are.
    @Test(arguments: ["token", "x", "e"]) func shortKeysAreNotStruckOut(_ key: String) async throws {
        let endpoint = try await FaultEndpoint.start()
        let folder = try TemporaryFolder()
        let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.apiKeyEnvironmentName = "KEY" }
        let teacher = try Teacher(settings, surroundings: TeacherSurroundings(environment: ["KEY": key]))
        let found = try await teacher.label(texts(5), task: sentimentTask, purpose: .training)
        #expect(found.allSatisfy { $0.isAnswered })
        try await teacher.close()
        try await endpoint.stop()
    }

    /// What is under way when the work is cancelled is paid for: it is waited for and kept.
    @Test func callsUnderWayAreKeptWhenCancelled() async throws {
        let endpoint = try await FaultEndpoint.start { _ in .delay(milliseconds: 300) }
        let folder = try TemporaryFolder()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let work = Task { try await teacher.label(texts(40), task: sentimentTask, purpose: .training) }
        while endpoint.mostAtOnce < 4 { await Task.yield() }
        work.cancel()
        await #expect(throws: CancellationError.self) { _ = try await work.value }
        let counts = try await teacher.ledger.counts()
        #expect(counts.settled >= 4 && counts.settled == endpoint.calls.count && counts.reserved == 0)
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func exportDoesNotReplaceTheLedgerOrADevice() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(at: folder.ledger)
        for target in [folder.ledger, folder.url, URL(filePath: "/dev/null")] {
            let error = await teacherError { _ = try await ledger.export(to: target, .answers) }
            guard case .recording = error else {
                Issue.record("\(target.path): \(String(describing: error))")
                return
            }
        }
        try await ledger.verifyIntegrity()
        try ledger.close()
    }
}
