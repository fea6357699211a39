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
            $0.budget.requests = limit
            $0.concurrency = concurrency
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let error = await teacherError {
            _ = try await teacher.label(texts(40), task: sentimentTask, purpose: .training)
        }
        #expect(endpoint.charged.count <= limit)
        #expect(teacher.spending.requests == endpoint.charged.count)
        let settled = try await teacher.ledger.counts().settled
        let spent = try await teacher.ledger.spent(on: "default")
        #expect(spent.requests == endpoint.charged.count)
        #expect(
            error
                == .budgetReached(.requests, Budget(requests: limit), spent: spent, done: settled, total: 40))
        #expect(error?.description.contains("teacher.request-limit") == true)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Limits on tokens and cost hold, too, and what is left is used: the pause comes when no further call fits.
    @Test(arguments: [Budget.Limit.tokens, .cost], [1, 16])
    func estimatesNeverOverrun(_ limit: Budget.Limit, concurrency: Int) async throws {
        let folder = try TemporaryFolder()
        let faults: [FaultEndpointFault?] = [nil, nil, .status(503), nil, .reset, nil]
        let endpoint = try await FaultEndpoint.start { $0.repetition < 1 ? faults[$0.number % faults.count] : nil }
        let budget = limit == .tokens ? Budget(tokens: 3000) : Budget(cost: 0.0075)
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.budget = budget
            $0.concurrency = concurrency
            $0.prices = Prices(perMillionInputTokens: 2.5, perMillionOutputTokens: 10)
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let error = await teacherError {
            _ = try await teacher.label(texts(400), task: sentimentTask, purpose: .training)
        }
        let spent = try await teacher.ledger.spent(on: "default")
        #expect(limit == .tokens ? spent.tokens <= 3000 : spent.cost <= 0.0075)
        guard case .budgetReached(let broken, _, _, let done, 400) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(broken == limit)
        #expect(done == (try await teacher.ledger.counts().settled) && done > 5)
        // The most that one call can take is no more than what is left over.
        #expect(limit == .tokens ? spent.tokens > 2700 : spent.cost > 0.0065)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// The pause is no loss: with the limit raised again and again the results are those of a run without one, and a
    /// start without a raise sends nothing.
    @Test func pausedRunsGoOnWhenTheLimitIsRaised() async throws {
        let expected = try await undisturbedLabels(40, task: sentimentTask)
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        var labels: [LabelAnswer]?
        for limit in [11, 11, 22, 33, 40] {
            #expect(labels == nil)
            let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.budget.requests = limit }
            let teacher = try Teacher(settings)
            labels = try? await teacher.label(texts(40), task: sentimentTask, purpose: .training)
            #expect(endpoint.calls.count == limit)
            try await teacher.close()
        }
        #expect(labels == expected)
        try await endpoint.stop()
    }

    /// Two processes with one account share its budget.
    @Test func budgetIsSharedByRunsOnOneAccount() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.budget.requests = 25 }
        let teachers = try (0..<2).map { _ in try Teacher(settings) }
        await withTaskGroup(of: Void.self) { group in
            for (index, teacher) in teachers.enumerated() {
                group.addTask {
                    let own = texts(40).map { "\($0) For \(index)." }
                    _ = try? await teacher.label(own, task: sentimentTask, purpose: .training)
                }
            }
        }
        #expect(endpoint.calls.count == 25)
        for teacher in teachers { try await teacher.close() }
        try await endpoint.stop()
    }

    @Test func tokensAndCostAddUp() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.prices = Prices(perMillionInputTokens: 2, perMillionOutputTokens: 10)
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
