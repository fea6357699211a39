import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation
import Synchronization
import Testing

/// A run that is broken off goes on without paying for a settled answer again, and ends as if nothing had happened.
@Suite(.serialized) struct ResumeTests {
    private static let count = 60

    /// What a run makes: texts, then their labels.
    private struct Outcome: Equatable {
        var texts: [GeneratedText]
        var labels: [LabelAnswer]
    }

    private static func run(_ teacher: Teacher, progress: ProgressHandler? = nil) async throws -> Outcome {
        let requests = try reviewTask.requests(count: count)
        let texts = try await teacher.generate(requests, task: reviewTask, progress: progress)
        let labels = try await teacher.label(
            texts.map { $0.text ?? "" }, task: sentimentTask, purpose: .training, progress: progress)
        return Outcome(texts: texts, labels: labels)
    }

    private func unbroken() async throws -> Outcome {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let outcome = try await Self.run(teacher)
        try await teacher.close()
        try await endpoint.stop()
        return outcome
    }

    /// Resumes over `ledger` and checks that nothing settled is sent again.
    private func resume(_ ledger: URL, endpoint: FaultEndpoint, expected: Outcome) async throws {
        let before = try await settledRequests(ledger)
        let sentBefore = endpoint.calls.count
        let teacher = try Teacher(configuration(endpoint.url, ledger: ledger))
        try await teacher.ledger.verifyIntegrity()
        let outcome = try await Self.run(teacher)
        #expect(outcome == expected)
        // A set: a call that the killed process had just sent may arrive late, beside its repetition.
        let sent = Set(endpoint.calls.dropFirst(sentBefore).map(\.body))
        #expect(before.isDisjoint(with: sent), "a settled call was sent again")
        #expect(sent.count == 2 * Self.count - before.count)
        let counts = try await teacher.ledger.counts()
        #expect(counts.settled == 2 * Self.count && counts.reserved == 0)
        try await teacher.close()
    }

    private func settledRequests(_ ledger: URL) async throws -> Set<Data> {
        let ledger = try Ledger(at: ledger)
        struct Line: Decodable { let request: CompletionRequest }
        let lines = try await ledger.recording(.requestsAndAnswers).split(separator: 0x0A)
        try ledger.close()
        return Set(try lines.map { try JSONDecoder().decode(Line.self, from: Data($0)).request.canonicalJSON() })
    }

    /// A child process is killed with SIGKILL: after a drawn number of answers, or at a drawn moment in between.
    @Test(arguments: 0..<25) func killedProcessLosesNothing(_ seed: UInt64) async throws {
        let expected = try await unbroken()
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        var random = SplitMix64(seed: seed &+ 100)
        let cut = Int.random(in: 1..<(2 * Self.count), using: &random)
        let delayMicroseconds = UInt32.random(in: 0..<2000, using: &random)
        let address = endpoint.url.absoluteString
        let path = folder.ledger.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [cut = cut as Int, delay = delayMicroseconds as UInt32, address = address as String, path = path as String]
            in
            guard let url = URL(string: address) else { return }
            let teacher = try Teacher(configuration(url, ledger: URL(fileURLWithPath: path)))
            let answered = Mutex(0)
            _ = try await ResumeTests.run(teacher) { _ in
                let reached = answered.withLock { answered in
                    answered += 1
                    return answered == cut
                }
                guard reached else { return }
                // Calls go on while this thread sleeps, so the end comes in the midst of them.
                let killer = Thread {
                    usleep(delay)
                    kill(getpid(), SIGKILL)
                }
                killer.start()
            }
            // The drawn moment lay behind the end.
            kill(getpid(), SIGKILL)
        }
        #expect(endpoint.calls.count >= min(cut - 1, 1))
        try await resume(folder.ledger, endpoint: endpoint, expected: expected)
        try await endpoint.stop()
    }

    /// Ctrl-C reaches the teacher as a cancelled task.
    @Test(arguments: [1, 17, 59, 60, 61, 100]) func cancelledRunLosesNothing(_ cut: Int) async throws {
        let expected = try await unbroken()
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let answered = Mutex(0)
        let handle = Mutex<Task<Outcome, any Error>?>(nil)
        let task = Task {
            try await Self.run(teacher) { _ in
                let reached = answered.withLock { answered in
                    answered += 1
                    return answered >= cut
                }
                if reached { handle.withLock { $0 }?.cancel() }
            }
        }
        handle.withLock { $0 = task }
        let result = await task.result
        if case .failure(let error) = result { #expect(error is CancellationError, "\(error)") }
        try await teacher.close()
        try await resume(folder.ledger, endpoint: endpoint, expected: expected)
        try await endpoint.stop()
    }

    /// Cancelling while the endpoint keeps everybody waiting does not wait for it for long.
    @Test func cancellationWaitsALittleForAHangingEndpoint() async throws {
        let folder = try TemporaryFolder()
        let arrived = AsyncStream<Void>.makeStream()
        let endpoint = try await FaultEndpoint.start { _ in
            arrived.continuation.yield()
            return .hang
        }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.timeoutSeconds = 3600
            $0.graceSeconds = 0.1
        }
        let teacher = try Teacher(settings)
        let task = Task { try await teacher.label(texts(4), task: sentimentTask, purpose: .training) }
        for await _ in arrived.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let counts = try await teacher.ledger.counts()
        #expect(counts.settled == 0 && counts.reserved > 0)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// The endpoint fails for good in the middle: what was answered is kept, and calls under way are settled.
    @Test(arguments: [FaultEndpointFault.status(401), .status(500)])
    func failingRunKeepsWhatItPaidFor(_ fault: FaultEndpointFault) async throws {
        let expected = try await undisturbedLabels(40, task: sentimentTask)
        let folder = try TemporaryFolder()
        let isFailing = Mutex(true)
        let endpoint = try await FaultEndpoint.start { request in
            isFailing.withLock { $0 } && request.number >= 15 ? fault : nil
        }
        let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.retries = 1 }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let error = await teacherError {
            _ = try await teacher.label(texts(40), task: sentimentTask, purpose: .training)
        }
        #expect(error != nil)
        #expect(try await teacher.ledger.counts().settled == 15)
        isFailing.withLock { $0 = false }
        let labels = try await teacher.label(texts(40), task: sentimentTask, purpose: .training)
        #expect(labels == expected)
        #expect(endpoint.calls.filter { $0.fault == nil }.count == 40)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Two runs at once on one ledger file: both end, both with the same results, and the file is whole.
    @Test func twoRunsOnOneLedger() async throws {
        let expected = try await unbroken()
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teachers = try (0..<2).map { _ in try Teacher(configuration(endpoint.url, ledger: folder.ledger)) }
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for teacher in teachers { group.addTask { try await Self.run(teacher) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == [expected, expected])
        try await teachers[0].ledger.verifyIntegrity()
        #expect(try await teachers[1].ledger.counts().settled == 2 * Self.count)
        #expect(endpoint.calls.count == 2 * Self.count, "the second waits, and finds the answers")
        for teacher in teachers { try await teacher.close() }
        try await endpoint.stop()
    }

    /// A run that is stopped while it waits for another one leaves that one its lock.
    @Test func whoWaitsAndIsStoppedTakesNothingAway() async throws {
        let folder = try TemporaryFolder()
        let request = CompletionRequest(model: "m", prompt: .completion("a"), maxTokens: 1, temperature: 0)
        let key = CallKey(TeacherCall(request: request, purpose: .training))
        let path = folder.ledger.path
        var holder = try await JobLock.taken(ledger: path, firstCall: key)
        #expect(holder != nil)
        // The second finds the lock taken as well: the first has not unlinked it.
        for _ in 0..<2 {
            let waiting = Task { try await JobLock.taken(ledger: path, firstCall: key) != nil }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        holder = nil
        #expect(try await JobLock.taken(ledger: path, firstCall: key) != nil)
    }

    /// Two runs with differing answers to the same call: the first that is settled counts for both.
    @Test func firstSettledAnswerCounts() async throws {
        let folder = try TemporaryFolder()
        let first = try Ledger(at: folder.ledger)
        let second = try Ledger(at: folder.ledger)
        let request = CompletionRequest(model: "m", prompt: .completion("p"), maxTokens: 1, temperature: 1)
        let call = TeacherCall(request: request, purpose: .training)
        let answers = ["one", "two"].map {
            SettledAnswer(answer: CompletionAnswer(text: $0), usage: TokenUsage(input: 1))
        }
        #expect(try await first.settle(call, with: answers[1]) == answers[1])
        #expect(try await second.settle(call, with: answers[0]) == answers[1])
        try first.close()
        try second.close()
    }
}
