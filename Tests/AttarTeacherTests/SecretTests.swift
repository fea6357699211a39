import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// The key goes to the endpoint and nowhere else.
@Suite struct SecretTests {
    private static let key = "sk-very-secret-0123456789"

    static let faults: [FaultEndpointFault?] = [
        nil, .status(401), .status(500), .unknownModel, .tooManyRequests(retryAfter: nil), .reset, .badJSON,
        .body(status: 400, type: "application/json", #"{"error":{"message":"the key \#(key) is no good"}}"#),
        .body(status: 200, type: "application/json", #"{"choices":[],"echo":"\#(key)"}"#),
        .body(
            status: 200, type: "application/json",
            #"{"choices":[{"text":"You sent \#(key).","#
                + #""logprobs":{"content":[{"top_logprobs":[{"token":"\#(key)","logprob":-1}]}]}}]}"#),
        .redirect(to: "https://elsewhere.example/\(key)?key=\(key)"),
    ]

    @Test(arguments: faults) func keyStaysSecret(_ fault: FaultEndpointFault?) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { _ in fault }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.apiKeyEnvironmentName = "SOME_KEY"
            $0.retries = 1
        }
        let pauses = RecordedPauses()
        let teacher = try Teacher(settings, surroundings: pauses.surroundings(environment: ["SOME_KEY": Self.key]))
        var said = ""
        for form in PromptForm.allCases {
            do {
                try await teacher.check(form: form)
                _ = try await teacher.generate(try reviewTask.requests(count: 2), task: reviewTask)
                _ = try await teacher.label(texts(2), task: sentimentTask, purpose: .training)
                dump(try await teacher.probe(), to: &said)
            } catch {
                dump(error, to: &said)
                said += "\(error) \(error.localizedDescription)"
            }
        }
        said += "\(teacher.spending) \(teacher.configuration)"
        try await teacher.close()
        #expect(!said.contains(Self.key))
        for file in try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil) {
            #expect(try Data(contentsOf: file).range(of: Data(Self.key.utf8)) == nil, "\(file.lastPathComponent)")
        }
        #expect(endpoint.calls.allSatisfy { $0.authorization == "Bearer \(Self.key)" })
        try await endpoint.stop()
    }

    @Test func noKeyNoHeader() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        try await teacher.check(form: .completion)
        #expect(endpoint.served.allSatisfy { $0.authorization == nil })
        #expect(!endpoint.calls.isEmpty)
        try await teacher.close()
        try await endpoint.stop()
    }
}
