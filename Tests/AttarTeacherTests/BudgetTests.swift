import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct BudgetTests {
    /// Whatever fails on the way and however many calls are in flight: never more than the limit is charged.
    @Test(arguments: [1, 7, 20, 39], [1, 16]) func budgetIsNeverOverrun(_ limit: Int, concurrency: Int) async throws {
        let folder = try TemporaryFolder()
        let faults: [FaultEndpointFault?] = [
            nil, .badJSON, nil, .status(500), nil, .reset, .tooManyRequests(retryAfter: nil),
        ]
        let endpoint = try await FaultEndpoint.start { $0.repetition < 2 ? faults[$0.number % faults.count] : nil }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.requestLimit = limit
            $0.concurrency = concurrency
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let error = await teacherError {
            _ = try await teacher.label(texts(40), task: sentimentTask, purpose: .training)
        }
        #expect(endpoint.charged.count <= limit)
        #expect(teacher.spending.requests == endpoint.charged.count)
        let settled = try await teacher.ledger.counts().settled
        #expect(error == .budgetReached(limit: limit, done: settled, total: 40))
        #expect(error?.description.contains("teacher.request-limit") == true)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// The pause is no loss: run after run with a small budget ends with the results of one without a limit.
    @Test func pausedRunsAddUp() async throws {
        let expected = try await undisturbedLabels(40, task: sentimentTask)
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        var runs = 0
        var labels: [LabelAnswer]?
        while labels == nil, runs < 10 {
            runs += 1
            let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.requestLimit = 11 }
            let teacher = try Teacher(settings)
            labels = try? await teacher.label(texts(40), task: sentimentTask, purpose: .training)
            try await teacher.close()
        }
        #expect(labels == expected)
        #expect(runs == 4)
        #expect(endpoint.calls.count == 40)
        try await endpoint.stop()
    }

    @Test func tokensAndCostAddUp() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.pricePerMillionInputTokens = 2
            $0.pricePerMillionOutputTokens = 10
        }
        let first = try Teacher(settings)
        // The same text twice is one call.
        _ = try await first.label(texts(10) + texts(10), task: sentimentTask, purpose: .training)
        let spent = first.spending
        try await first.close()
        #expect(spent.requests == 10 && spent.settledCalls == 10 && spent.reusedCalls == 0)
        #expect(spent.usage.output == 10 && spent.usage.input > spent.usage.cached)
        let cost = try #require(spent.cost)
        #expect(abs(cost - (Double(spent.usage.input) * 2 + 100) / 1e6) < 1e-12)

        let second = try Teacher(settings)
        _ = try await second.label(texts(10), task: sentimentTask, purpose: .training)
        #expect(second.spending.requests == 0 && second.spending.reusedCalls == 10)
        #expect(second.spending.cost == 0 && second.spending.savedCost == cost)
        #expect(endpoint.calls.count == 10)
        try await second.close()
        try await endpoint.stop()
    }

    @Test func progressEndsAtTheTotal() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        _ = try await teacher.label(texts(5), task: sentimentTask, purpose: .training)
        let seen = Collected<TeacherProgress>()
        _ = try await teacher.label(texts(12), task: sentimentTask, purpose: .training) { seen.add($0) }
        #expect(seen.values.first?.done == 5 && seen.values.first?.reused == 5)
        #expect(seen.values.map(\.done) == Array(5...12))
        #expect(seen.values.allSatisfy { $0.total == 12 })
        #expect(seen.values.last?.requests == 12)
        try await teacher.close()
        try await endpoint.stop()
    }
}
