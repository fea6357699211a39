import Foundation
import Synchronization

extension Teacher {
    /// The answers to `calls`, in their order: from the ledger where it has them, else from the endpoint.
    ///
    /// At the first error that stops the run no further call is sent; calls under way come to their end and are
    /// settled. Cancelling the task drops calls under way; they stay reserved and are sent again next time.
    package func answers(
        to calls: [TeacherCall], progress: ProgressHandler? = nil
    ) async throws -> [SettledAnswer] {
        let keys = calls.map(CallKey.init)
        var settled: [CallKey: SettledAnswer] = [:]
        for purpose in CallPurpose.allCases {
            let wanted = Set(zip(calls, keys).filter { $0.0.purpose == purpose }.map(\.1))
            let found = try await ledger.settledAnswers(for: Array(wanted), purpose: purpose)
            settled.merge(found) { first, _ in first }
        }
        let reused = settled
        meter.add { spending in
            for answer in reused.values {
                spending.reusedCalls += 1
                spending.reusedUsage.add(answer.usage)
            }
        }
        var seen = Set<CallKey>()
        var open: [KeyedCall] = []
        for (call, key) in zip(calls, keys) where settled[key] == nil && seen.insert(key).inserted {
            open.append(KeyedCall(call: call, key: key))
        }
        let distinct = settled.count + open.count
        if client == nil, !open.isEmpty {
            throw TeacherError.notRecorded(missing: open.count, total: distinct, ledger: ledger.path)
        }
        let tally = Tally(total: distinct, reused: reused.count, meter: meter, handler: progress)
        tally.report()
        for (call, answer) in zip(open, try await settle(open, tally: tally)) { settled[call.key] = answer }
        return keys.map { key in
            guard let answer = settled[key] else { preconditionFailure("an open call was neither settled nor failed") }
            return answer
        }
    }

    /// Sends the calls, at most `concurrency` at once. Returns the answers in the calls' order.
    private func settle(_ open: [KeyedCall], tally: Tally) async throws -> [SettledAnswer] {
        guard let client, !open.isEmpty else { return [] }
        let stop = StopSignal()
        var answers = [SettledAnswer?](repeating: nil, count: open.count)
        var failure: (any Error)?
        await withTaskGroup(of: FinishedCall.self) { group in
            var next = 0
            func sendNext() {
                guard !stop.isRaised, !Task.isCancelled, next < open.count else { return }
                let index = next
                next += 1
                group.addTask {
                    do {
                        return FinishedCall(
                            index: index,
                            result: .success(try await self.settle(open[index], client: client, stop: stop)))
                    } catch {
                        return FinishedCall(index: index, result: .failure(error))
                    }
                }
            }
            for _ in 0..<max(configuration.concurrency, 1) { sendNext() }
            while let finished = await group.next() {
                switch finished.result {
                case .success(let answer):
                    answers[finished.index] = answer
                    tally.add()
                case .failure(let error):
                    // The first error is the cause; the ones after it may come of stopping.
                    if failure == nil { failure = error }
                    stop.raise()
                }
                sendNext()
            }
        }
        tally.finish()
        try Task.checkCancellation()
        if let failure { throw located(failure, tally: tally) }
        return answers.compactMap(\.self)
    }

    private func located(_ error: any Error, tally: Tally) -> any Error {
        guard case TeacherError.budgetReached(let limit, _, _) = error else { return error }
        return TeacherError.budgetReached(limit: limit, done: tally.done, total: tally.total)
    }

    /// One call: reserved in budget and ledger, sent until it is answered or hopeless, settled.
    private func settle(
        _ keyed: KeyedCall, client: EndpointClient, stop: StopSignal
    ) async throws -> SettledAnswer {
        let (call, key) = (keyed.call, keyed.key)
        var attempt = 0
        while true {
            guard budget.reserve() else {
                throw TeacherError.budgetReached(limit: budget.limit ?? 0, done: 0, total: 0)
            }
            do {
                if attempt == 0, let answer = try await ledger.reserve(call, key: key) {
                    // Another run on this ledger was faster.
                    budget.refund()
                    meter.add { spending in
                        spending.reusedCalls += 1
                        spending.reusedUsage.add(answer.usage)
                    }
                    return answer
                }
            } catch {
                budget.refund()
                throw error
            }
            do {
                let (answer, usage) = try await client.attempt(call.request)
                meter.add { spending in
                    spending.requests += 1
                    spending.settledCalls += 1
                    spending.usage.add(usage)
                    if usage.input == 0 { spending.uncountedCalls += 1 }
                }
                return try await ledger.settle(call, key: key, with: SettledAnswer(answer: answer, usage: usage))
            } catch let failure as AttemptFailure {
                if failure.isCharged { meter.add { $0.requests += 1 } } else { budget.refund() }
                attempt += 1
                guard attempt <= failure.retries(atMost: configuration.retries), !stop.isRaised else {
                    if !failure.isCharged { try await ledger.release(key) }
                    throw await error(from: failure, attempts: attempt, call: call, client: client)
                }
                meter.add { $0.repeatedAttempts += 1 }
                let wait = schedule.waitSeconds(
                    attempt: attempt - 1, key: key, retryAfterSeconds: failure.retryAfterSeconds)
                let pause = surroundings.pause
                guard try await stop.wait({ try await pause(.seconds(wait)) }) else {
                    throw await error(from: failure, attempts: attempt, call: call, client: client)
                }
            }
        }
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
        case .garbled(let error), .final(let error, _):
            return error
        case .missing(let path):
            // The same status for an unknown model and an unknown address: the list of models tells them apart.
            guard let offered = try? await client.models() else { return .wrongPath(url: client.address.url(path)) }
            if offered.contains(call.request.model) { return .wrongPath(url: client.address.url(path)) }
            return .unknownModel(model: call.request.model, endpoint: endpoint, offered: offered)
        }
    }
}

private struct KeyedCall: Sendable {
    let call: TeacherCall
    let key: CallKey
}

private struct FinishedCall: Sendable {
    let index: Int
    let result: Result<SettledAnswer, any Error>
}

extension TokenUsage {
    mutating func add(_ other: TokenUsage) {
        input += other.input
        output += other.output
        cached += other.cached
    }
}

/// Counts the calls of one stage and tells its progress.
private final class Tally: Sendable {
    let total: Int
    private let reused: Int
    private let meter: SpendingMeter
    private let handler: ProgressHandler?
    private let start = ContinuousClock.now
    private let answered = Mutex(0)

    init(total: Int, reused: Int, meter: SpendingMeter, handler: ProgressHandler?) {
        self.total = total
        self.reused = reused
        self.meter = meter
        self.handler = handler
    }

    var done: Int { reused + answered.withLock { $0 } }

    func add() {
        answered.withLock { $0 += 1 }
        report()
    }

    func report() {
        guard let handler else { return }
        let new = answered.withLock { $0 }
        let seconds = elapsedSeconds
        handler(
            TeacherProgress(
                done: reused + new, total: total, reused: reused, requests: meter.current.requests,
                callsPerSecond: seconds > 0 ? Double(new) / seconds : 0))
    }

    func finish() {
        let seconds = elapsedSeconds
        meter.add { $0.busySeconds += seconds }
    }

    private var elapsedSeconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
