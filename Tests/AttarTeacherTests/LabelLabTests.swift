import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation
import Synchronization
import Testing

@Suite struct LabelLabTests {
    private let gold = (0..<120).map { index in
        LabelledExample(
            text: "a \(index % 2 == 0 ? "good" : "bad") thing, number \(index) of them",
            label: index % 2 == 0 ? "positive" : "negative")
    }

    /// Knows the answer only with worked examples before the text.
    private func endpoint() async throws -> FaultEndpoint {
        try await FaultEndpoint.start(
            answers: FaultEndpointAnswers(tokens: { prompt in
                let text = prompt.components(separatedBy: "Text: ").last ?? ""
                let hasExamples = prompt.components(separatedBy: "Label: ").count > 3
                let isGood = text.contains("good")
                let sure = hasExamples ? 0.9 : 0.5 + Double(FaultEndpointAnswers.hash(text) % 100) / 1000
                return isGood || !hasExamples
                    ? [(" positive", sure), (" negative", 0.95 - sure)]
                    : [(" negative", sure), (" positive", 0.95 - sure)]
            }))
    }

    private let task = LabelTask(labels: [TeacherLabel(name: "positive"), TeacherLabel(name: "negative")])

    private func search(
        _ url: URL, ledger: URL, budget: Budget = Budget(), rows: Int = 32
    ) async throws -> (LabelLab.Outcome, Spending) {
        try await Teacher.use(configuration(url, ledger: ledger) { $0.budget = budget }) { teacher in
            let lab = LabelLab(
                teacher: teacher, task: task, material: LabMaterial(gold, rows: rows, seed: 1))
            let candidates = LabelCandidate.candidates(for: task, forms: [.completion], hasLogprobs: true)
            return (try await lab.run(candidates), teacher.spending)
        }
    }

    @Test func theWayThatWorksWinsAndARepeatIsFree() async throws {
        let endpoint = try await endpoint()
        let folder = try TemporaryFolder()
        let (outcome, spending) = try await search(endpoint.url, ledger: folder.ledger)
        let winner = try #require(outcome.winner)
        #expect(winner.best.accuracy == 1 && winner.rows == 32)
        #expect(winner.candidate.examples != .fixed(count: 0, draw: 0) && winner.candidate.examples != .own)
        let bare = try #require(outcome.bare)
        #expect(bare.rows == 32 && bare.figures(dividesPrior: false).accuracy < 0.7)
        // Halving: fewer calls than every candidate on every row.
        #expect(spending.settledCalls < 32 * outcome.trials.count)
        let paid = endpoint.calls.count
        let (again, free) = try await search(endpoint.url, ledger: folder.ledger)
        #expect(endpoint.calls.count == paid && free.settledCalls == 0)
        #expect(again.winner?.candidate == winner.candidate)
        try await endpoint.stop()
    }

    @Test(arguments: [20, 60, 200]) func budgetsAreKept(_ calls: Int) async throws {
        let endpoint = try await endpoint()
        let folder = try TemporaryFolder()
        let (outcome, spending) = try await search(
            endpoint.url, ledger: folder.ledger, budget: Budget(requests: calls))
        #expect(spending.settledCalls <= calls && spending.settledCalls > 0)
        #expect(endpoint.calls.count <= calls)
        #expect(outcome.untried > 0 && outcome.winner != nil)
        try await endpoint.stop()
    }

    @Test func tokenBudgetsAreKept() async throws {
        let endpoint = try await endpoint()
        let folder = try TemporaryFolder()
        let (outcome, spending) = try await search(
            endpoint.url, ledger: folder.ledger, budget: Budget(tokens: 2000))
        #expect(spending.usage.input + spending.usage.output <= 2000)
        #expect(outcome.untried > 0)
        try await endpoint.stop()
    }

    /// Rows that judge are no examples, and every beginning of them has about equal shares.
    @Test(arguments: 0..<5) func materialIsFair(_ seed: UInt64) {
        let material = LabMaterial(gold, rows: 40, seed: seed)
        #expect(material.judged.count == 40 && material.similar.count == 80)
        for count in [2, 8, 20, 40] {
            #expect(material.judged.prefix(count).count { $0.label == "positive" } == count / 2)
        }
        let judged = Set(material.judged.map(\.text))
        for draw in 0..<3 {
            let examples = material.examples(count: 6, draw: draw, seed: seed)
            #expect(examples.count == 6 && examples.count { $0.label == "positive" } == 3)
            #expect(examples.allSatisfy { !judged.contains($0.text) })
            #expect(examples == material.examples(count: 6, draw: draw, seed: seed))
        }
        #expect(LabMaterial(Array(gold.prefix(20)), rows: 40, seed: seed).judged.count == 10)
    }
}
