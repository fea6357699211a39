import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct AttributeProposalTests {
    private func propose(
        _ form: PromptForm, known: [String] = [], _ text: @escaping @Sendable (Int) -> String
    ) async throws -> (proposal: AttributeProposal, calls: Int) {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start(answers: FaultEndpointAnswers(text: { text($1) }))
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let question = AttributeQuestion(
            about: "reviews of products", name: "product", known: known, count: 10, form: form)
        let proposal = try await teacher.propose(question)
        let again = try await teacher.propose(question)
        #expect(again == proposal)
        let calls = endpoint.calls.count
        try await teacher.close()
        try await endpoint.stop()
        return (proposal, calls)
    }

    @Test func oneValueACallForRawCompletion() async throws {
        let things = ["kettle", " Tent. ", "“router”", "1. pillow", "- ladder", "KETTLE", "a: b", "", "product"]
        let (proposal, calls) = try await propose(.completion, known: ["ladder"]) { things[$0 % things.count] }
        #expect(proposal.values == ["kettle", "Tent", "router", "pillow"])
        #expect(calls == 30)
        #expect(proposal.complaint?.contains("only 4 different values") == true)
    }

    @Test func listsForChat() async throws {
        let (proposal, calls) = try await propose(.chat) { draw in
            (0..<20).map { "\($0 + 1). thing \(draw * 15 + $0)" }.joined(separator: "\n")
        }
        #expect(calls == 2)
        #expect(proposal.values == (0..<10).map { "thing \($0)" })
        #expect(proposal.complaint == nil)
    }

    @Test func uselessAnswersAreSaid() async throws {
        let (proposal, _) = try await propose(.completion) { _ in "I'm sorry, but as an AI I have no products." }
        #expect(proposal.values.isEmpty)
        #expect(proposal.complaint == "none of 30 answers was a value")
    }
}
