import Synchronization

extension Teacher {
    /// Sends the calls of the given indices and hands each settled answer to `take`, in order of arrival.
    func settleAll(
        _ open: [Int], tally: CallTally, call: @escaping @Sendable (Int) -> TeacherCall,
        take: @escaping @Sendable (Int, SettledAnswer) throws -> Void
    ) async throws {
        guard let client, !open.isEmpty else { return }
        let lock = try await JobLock.taken(ledger: ledger.path, firstCall: KeyedCall(call(0)).key)
        defer { withExtendedLifetime(lock) {} }
        let stop = StopSignal { self.governor.wakeAll() }
        let work = OpenCalls(open)
        // Twice as many as may be in flight: the others wait for the disk.
        let workers = min(2 * max(configuration.concurrency, 1), open.count)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    while !stop.isRaised, !Task.isCancelled, let index = work.next() {
                        do {
                            try take(index, try await self.settle(KeyedCall(call(index)), client: client, stop: stop))
                            tally.addAnswer()
                        } catch let error as TeacherError
                            where error.mayComeOfOneText && tally.done > 0
                            && work.postpone(index, atMost: tally.mostPassedOver)
                        {
                            // Once more when all others are answered.
                            continue
                        } catch let error as TeacherError
                            where error.mayConcernOneText || error.mayComeOfOneText && tally.mayPassOver()
                        {
                            // What a probe is refused is what it wants to know.
                            if call(index).purpose != .probe { self.meter.add { $0.rejectedCalls += 1 } }
                            work.note(rejection: error)
                            do {
                                if tally.addRejection() { throw error }
                                try take(index, .rejected)
                            } catch {
                                work.note(failure: error)
                                stop.raise()
                            }
                        } catch {
                            work.note(failure: error)
                            stop.raise()
                        }
                    }
                }
            }
        }
        tally.finish()
        try Task.checkCancellation()
        if let failure = work.failure { throw located(failure, tally: tally) }
        if tally.isRejectedThroughout, let rejection = work.rejection { throw rejection }
    }

    private func located(_ error: any Error, tally: CallTally) -> any Error {
        guard case TeacherError.budgetReached(let limit, let budget, let spent, _, _) = error else { return error }
        return TeacherError.budgetReached(limit, budget, spent: spent, done: tally.done, total: tally.total)
    }

    /// One call: reserved in budget and ledger, sent until it is answered or hopeless, settled.
    private func settle(
        _ keyed: KeyedCall, client: EndpointClient, stop: StopSignal
    ) async throws -> SettledAnswer {
        var attempts = 0
        while true {
            let version = holds.version
            switch try await attempt(keyed, client: client, stop: stop) {
            case .settled(let answer):
                return answer
            case .refused(let limit, let spent):
                // What is held for calls under way is more than they will take.
                if await holds.change(from: version) { continue }
                throw TeacherError.budgetReached(limit, configuration.budget, spent: spent, done: 0, total: 0)
            case .failed(let failure, let isAlive):
                attempts += 1
                // An endpoint that answers others meanwhile gets more patience.
                let retries = failure.retries(atMost: configuration.retries) * (isAlive ? 4 : 1)
                if attempts > retries || isDoomed || stop.isRaised {
                    if !failure.isCharged { try await ledger.release(keyed.key) }
                    throw await error(from: failure, attempts: attempts, call: keyed.call, client: client)
                }
                meter.add { $0.repeatedAttempts += 1 }
                let wait = schedule.waitSeconds(
                    attempt: attempts - 1, key: keyed.key, retryAfterSeconds: failure.retryAfterSeconds)
                let pause = surroundings.pause
                guard try await stop.wait({ try await pause(.seconds(wait)) }) else { throw Stopped() }
            }
        }
    }

    /// Stops a run whose attempts all fail though they may be charged for; those under way at once count as one round.
    private var isDoomed: Bool {
        governor.chargedFailuresInARow >= max(8, configuration.retries + 3) + configuration.concurrency
    }

    private enum AttemptResult {
        case settled(SettledAnswer)
        case refused(Budget.Limit, spent: Amount)
        /// - `isAlive`: others were answered while this attempt was under way.
        case failed(AttemptFailure, isAlive: Bool)
    }

    /// One attempt at the call: waits for a place, holds the most that it can cost, sends, settles.
    private func attempt(
        _ keyed: KeyedCall, client: EndpointClient, stop: StopSignal
    ) async throws -> AttemptResult {
        let tokens = keyed.call.request.likelyTokens
        let most = configuration.prices.amount(of: keyed.call.request.mostTokens)
        guard let place = try await governor.enter(tokens: tokens, stop: stop) else { throw Stopped() }
        var outcome = Governor.Outcome.unused
        let made: Result<EndpointClient.Attempt, AttemptFailure>
        do {
            defer { governor.leave(place, outcome, tokens: tokens) }
            switch try await ledger.reserve(
                keyed, holding: most, on: configuration.account, within: configuration.budget)
            {
            case .reserved: holds.begin()
            case .settled(let answer):
                // Another run on this ledger was faster.
                noteReuse(of: answer, purpose: keyed.call.purpose)
                return .settled(answer)
            case .refused(let limit, let spent): return .refused(limit, spent: spent)
            }
            do {
                let attempt = try await seenThrough { try await client.attempt(keyed.call, body: keyed.body) }
                outcome = .success(attempt.rates)
                made = .success(attempt)
            } catch let failure as AttemptFailure {
                outcome = failure.outcome
                made = .failure(failure)
            } catch {
                // It may be charged for all the same, so what is held stays held.
                holds.end()
                throw error
            }
        }
        defer { holds.end() }
        switch made {
        case .success(let attempt):
            // Also while the run is being stopped: it is paid for.
            let settled = Task { try await settle(keyed, with: attempt, holding: most) }
            return .settled(try await settled.value)
        case .failure(let failure):
            if failure.isCharged {
                meter.add { $0.requests += 1 }
            } else {
                try await ledger.correct(by: -most, on: configuration.account)
            }
            return .failed(failure, isAlive: governor.successes > place.successesBefore)
        }
    }

    /// What was sent may be charged for, so a run that is being stopped waits for it, but not for long.
    private func seenThrough<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await work() }
        let grace = configuration.graceSeconds
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            Task {
                try? await Task.sleep(for: .seconds(grace))
                task.cancel()
            }
        }
    }

    private func settle(
        _ keyed: KeyedCall, with attempt: EndpointClient.Attempt, holding most: Amount
    ) async throws -> SettledAnswer {
        let usage = attempt.usage
        meter.add { spending in
            spending.requests += 1
            spending.settledCalls += 1
            spending.usage.add(usage)
            if keyed.call.purpose == .probe { spending.noteProbe(usage) }
            if !attempt.countsTokens { spending.uncountedCalls += 1 }
        }
        // Without a count it may have been the most.
        let taken = attempt.countsTokens ? configuration.prices.amount(of: usage) : most
        return try await ledger.settle(
            keyed, with: SettledAnswer(answer: attempt.answer, usage: usage), correction: taken - most,
            on: configuration.account)
    }

    /// The error for the user once an attempt's failure is final.
    func error(
        from failure: AttemptFailure, attempts: Int, call: TeacherCall, client: EndpointClient
    ) async -> TeacherError {
        let endpoint = client.address.shown
        switch failure {
        case .noConnection(let detail):
            return .unreachable(endpoint: endpoint, detail: detail)
        case .disconnected:
            return .disconnected(endpoint: endpoint, attempts: attempts)
        case .late:
            return .timedOut(endpoint: endpoint, seconds: configuration.timeoutSeconds, attempts: attempts)
        case .limited(let wait):
            return .rateLimited(endpoint: endpoint, attempts: attempts, retryAfterSeconds: wait)
        case .server(let status, _):
            return .serverFailed(status: status, endpoint: endpoint, attempts: attempts)
        case .garbled(let error), .final(let error):
            return error
        case .missing(let path):
            // The same status for an unknown model and an unknown address: the list of models tells them apart.
            guard let offered = try? await client.listedModels()?.map(\.name) else {
                return .wrongPath(url: client.address.url(path))
            }
            if offered.contains(call.request.model) { return .wrongPath(url: client.address.url(path)) }
            return .unknownModel(model: call.request.model, endpoint: endpoint, offered: offered)
        }
    }
}

/// Ends the work on a call because another one has stopped the run.
private struct Stopped: Error {}

/// Hands out the indices of open calls, and keeps the first error: it is the cause, and the ones after it may come of
/// stopping.
private final class OpenCalls: Sendable {
    private struct State {
        var position = 0
        var failure: (any Error)?
        var rejection: TeacherError?
        var postponed: [Int] = []
        var postponedBefore: Set<Int> = []
    }
    private let indices: [Int]
    private let state = Mutex(State())

    init(_ indices: [Int]) { self.indices = indices }

    var failure: (any Error)? { state.withLock { $0.failure } }
    var rejection: TeacherError? { state.withLock { $0.rejection } }

    func next() -> Int? {
        state.withLock { state in
            guard state.position < indices.count else { return state.postponed.popLast() }
            defer { state.position += 1 }
            return indices[state.position]
        }
    }

    /// Puts a call off to the end; false where it was put off before, or too many were.
    func postpone(_ index: Int, atMost limit: Int) -> Bool {
        state.withLock { state in
            guard state.postponedBefore.count < limit, state.postponedBefore.insert(index).inserted
            else { return false }
            state.postponed.append(index)
            return true
        }
    }

    func note(failure: any Error) { state.withLock { $0.failure = $0.failure ?? failure } }

    func note(rejection: TeacherError) { state.withLock { $0.rejection = $0.rejection ?? rejection } }
}

extension TeacherError {
    /// Whether the endpoint may have turned down a single text only: too long, or against its rules.
    fileprivate var mayConcernOneText: Bool {
        if case .rejected(let status, _, _) = self { return [400, 413, 422].contains(status) }
        return false
    }

    /// Whether the endpoint may have failed because of what one text makes it do.
    fileprivate var mayComeOfOneText: Bool {
        switch self {
        case .serverFailed, .timedOut, .disconnected, .malformedAnswer, .notJSON, .answerTooLarge: true
        default: false
        }
    }
}

extension AttemptFailure {
    /// What the failure says about the endpoint's load.
    fileprivate var outcome: Governor.Outcome {
        switch self {
        case .noConnection, .disconnected, .late, .limited, .server:
            .overload(retryAfterSeconds: retryAfterSeconds, isCharged: isCharged)
        case .garbled, .missing, .final: .failure(isCharged: isCharged)
        }
    }
}
