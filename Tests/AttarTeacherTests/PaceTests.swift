import AttarTeacher
import AttarTestSupport
import Foundation
import Synchronization
import Testing

/// How fast calls follow one another.
@Suite struct PaceTests {
    /// An endpoint that takes only so many at once is not asked for more for long.
    @Test func concurrencyAdaptsToTheEndpoint() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start {
            $0.open > 6 ? .tooManyRequests(retryAfter: nil) : .delay(milliseconds: 5)
        }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.concurrency = 64
            $0.retries = 20
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        _ = try await teacher.label(texts(600), task: sentimentTask, purpose: .training)
        let refused = endpoint.calls.count - 600
        // A fixed 64 in flight would be refused most of the time.
        #expect(refused > 0 && refused < 150, "\(refused) refused")
        #expect(try await teacher.ledger.counts().settled == 600)
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func ratesAreKept() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let pauses = RecordedPauses()
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.concurrency = 1
            $0.requestsPerMinute = 30
        }
        let teacher = try Teacher(settings, surroundings: pauses.surroundings())
        _ = try await teacher.label(texts(10), task: sentimentTask, purpose: .training)
        #expect(abs(pauses.seconds.reduce(0, +) - 18) < 1e-6, "nine pauses of 2 s between ten requests")
        try await teacher.close()
        try await endpoint.stop()
    }

    /// An endpoint that says there is nothing left for now is left alone until then.
    @Test(arguments: [("1s", 1.0), ("6m0s", 360), ("20ms", 0.02), ("1.5", 1.5), ("2h", 3600)])
    func rateLimitHeadersAreHeeded(_ reset: String, seconds: Double) async throws {
        let folder = try TemporaryFolder()
        var answers = FaultEndpointAnswers()
        answers.abilities.headers = ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": reset]
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let pauses = RecordedPauses()
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger) { $0.concurrency = 1 },
            surroundings: pauses.surroundings())
        _ = try await teacher.label(texts(3), task: sentimentTask, purpose: .training)
        #expect(pauses.seconds.count == 2)
        for pause in pauses.seconds { #expect(abs(pause - seconds) < 1e-6) }
        try await teacher.close()
        try await endpoint.stop()
    }

    /// One call's Retry-After holds the others back too.
    @Test func everybodyWaitsWhenAskedTo() async throws {
        let folder = try TemporaryFolder()
        let pauses = RecordedPauses()
        let endpoint = try await FaultEndpoint.start { $0.number == 5 ? .tooManyRequests(retryAfter: "9") : nil }
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger) { $0.concurrency = 4 },
            surroundings: pauses.surroundings())
        _ = try await teacher.label(texts(60), task: sentimentTask, purpose: .training)
        #expect(pauses.seconds.contains { $0 >= 9 && $0 < 10 })
        #expect(endpoint.calls.count == 61)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// A run whose attempts all fail, though each may be charged for, is stopped before all its retries are used up.
    @Test(arguments: [FaultEndpointFault.hang, .reset, .cutBody]) func doomedRunsStopEarly(
        _ fault: FaultEndpointFault
    ) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { _ in fault }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.concurrency = 8
            $0.retries = 20
            $0.timeoutSeconds = 0.1
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let error = await teacherError {
            _ = try await teacher.label(texts(40), task: sentimentTask, purpose: .training)
        }
        #expect(error != nil)
        // The limit, and twice as many as may be under way at once.
        #expect(endpoint.calls.count <= 23 + 2 * 8, "\(endpoint.calls.count) calls")
        try await teacher.close()
        try await endpoint.stop()
    }
}
