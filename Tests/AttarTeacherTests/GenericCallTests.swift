import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// Calls with options, whole answers and embeddings go through ledger, budget and retries like all others.
@Suite struct GenericCallTests {
    struct Choices: Decodable {
        struct Choice: Decodable { let text: String }
        let choices: [Choice]
    }

    @Test func wholeAnswersAndOptions() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { $0.repetition == 0 ? .status(503) : nil }
        let request = CompletionRequest(
            model: "test-model", prompt: .completion("Name a kettle"), maxTokens: 4, temperature: 0.7, seed: 5,
            options: ["n": 3, "response_format": ["type": "text"], "top_p": 0.25, "model": "ignored"])
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger), surroundings: RecordedPauses().surroundings())
        let call = TeacherCall(request: request, purpose: .training, keepsBody: true)
        let answer = try await teacher.answers(to: [call])[0].answer
        let body = try #require(answer.body)
        #expect(try JSONDecoder().decode(Choices.self, from: Data(body.utf8)).choices.count == 3)
        // What is sent reads back as the same request, options and all, so that recordings keep their keys.
        let sent = try #require(endpoint.calls.last?.body)
        let read = try JSONDecoder().decode(CompletionRequest.self, from: sent)
        #expect(read.canonicalJSON() == request.canonicalJSON())
        #expect(read.options["n"] == 3 && read.model == "test-model")
        // The same request without its body is another call.
        let plain = try await teacher.answers(to: [TeacherCall(request: request, purpose: .training)])[0].answer
        #expect(plain.body == nil && !plain.text.isEmpty)
        #expect(try await teacher.answers(to: [call])[0].answer == answer)
        #expect(endpoint.calls.count == 3)
        #expect(try await teacher.ledger.recording(.requestsAndAnswers).count > 0)
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func embeddings() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let call = TeacherCall(
            request: .embedding(model: "test-model", texts: ["ice", "fire"]), purpose: .training)
        struct Vectors: Decodable {
            struct Vector: Decodable { let embedding: [Double] }
            let data: [Vector]
        }
        let body = try #require(try await teacher.answers(to: [call])[0].answer.body)
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(body.utf8)).data
        #expect(vectors.count == 2 && vectors[0].embedding.count == 4 && vectors[0].embedding != vectors[1].embedding)
        #expect(endpoint.served.map(\.path) == ["/v1/embeddings"])
        #expect(teacher.spending.usage.input == 2)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// A text that the endpoint turns down is not the end of the run; a recipe that it turns down is.
    @Test(arguments: [0.1, 1.0]) func singleRefusedTextsAreCounted(_ share: Double) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { request in
            let number = FaultEndpointAnswers.hash(String(decoding: request.body, as: UTF8.self)) % 100
            return Double(number) < share * 100 ? .status(400) : nil
        }
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let calls = (0..<80).map { index in
            TeacherCall(
                request: CompletionRequest(
                    model: "test-model", prompt: .completion("Text \(index)"), maxTokens: 1, temperature: 0),
                purpose: .training)
        }
        if share == 1 {
            let error = await teacherError { _ = try await teacher.answers(to: calls) }
            #expect(error?.description.contains("rejects the request") == true)
            #expect(endpoint.calls.count < 20, "a doomed run stops early")
        } else {
            let answers = try await teacher.answers(to: calls)
            let refused = answers.count { $0.answer.isRejected }
            #expect(refused > 0 && refused == endpoint.calls.count { $0.fault != nil })
            #expect(teacher.spending.rejectedCalls == refused && teacher.spending.requests == 80 - refused)
            #expect(try await teacher.ledger.counts().settled == 80 - refused)
            #expect(try await teacher.ledger.counts().reserved == 0)
        }
        try await teacher.close()
        try await endpoint.stop()
    }
}
