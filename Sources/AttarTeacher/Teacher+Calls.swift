import Foundation
import Synchronization

extension Teacher {
    /// The answers to `calls`, in their order: from the ledger where it has them, else from the endpoint.
    ///
    /// At the first error that stops the run no further call is sent; calls under way come to their end and are
    /// settled. Cancelling the task waits some seconds for calls under way and drops the rest; these stay reserved and are
    /// sent again next time.
    /// A call that the endpoint turns down while it takes others has an answer that `isRejected`.
    package func answers(
        to calls: [TeacherCall], progress: ProgressHandler? = nil
    ) async throws -> [SettledAnswer] {
        try await results(of: calls.count, progress: progress, call: { calls[$0] }, read: { $1 })
    }

    /// What `read` makes of the answers to `call(0)`, `call(1)`, …: as `answers(to:)`, but neither all calls nor all
    /// answers are ever in memory at once. `call` is asked more than once for the same index, and `read` in any order.
    ///
    /// - Parameter watch: looks at what is known and what was just bought; an error of it stops the run.
    package func results<Result: Sendable>(
        of count: Int, progress: ProgressHandler? = nil, call: @escaping @Sendable (Int) -> TeacherCall,
        read: @escaping @Sendable (Int, SettledAnswer) throws -> Result,
        watch: (@Sendable () throws -> Void)? = nil
    ) async throws -> [Result] {
        var results = [Result?](repeating: nil, count: count)
        var first: [CallKey: Int] = [:]
        var open: [Int] = []
        var repeated: [Int] = []
        for start in stride(from: 0, to: count, by: 500) {
            try Task.checkCancellation()
            let block = (start..<min(start + 500, count)).map { (index: $0, keyed: KeyedCall(call($0))) }
            var fresh: [(index: Int, keyed: KeyedCall)] = []
            for (index, keyed) in block {
                if first[keyed.key] == nil {
                    first[keyed.key] = index
                    fresh.append((index, keyed))
                } else {
                    repeated.append(index)
                }
            }
            let found = try await recorded(fresh.map(\.keyed))
            for (index, keyed) in fresh {
                if configuration.isPlanning { plan { $0.add(keyed, found[keyed.key]) } }
                if let answer = found[keyed.key] {
                    results[index] = try read(index, answer)
                    noteReuse(of: answer, purpose: keyed.call.purpose)
                } else if configuration.isPlanning {
                    results[index] = try read(index, .rejected)
                } else {
                    open.append(index)
                }
            }
        }
        if client == nil, !open.isEmpty {
            throw TeacherError.notRecorded(missing: open.count, total: first.count, ledger: ledger.path)
        }
        // What the ledger knows may be reason enough to buy nothing.
        if !open.isEmpty { try watch?() }
        let tally = CallTally(
            total: first.count, reused: first.count - open.count, meter: meter, handler: progress)
        let shared = Mutex(results)
        try await settleAll(open, tally: tally, call: call) { index, answer in
            let result = try read(index, answer)
            shared.withLock { $0[index] = result }
            try watch?()
        }
        results = shared.withLock { $0 }
        for start in stride(from: 0, to: repeated.count, by: 500) {
            let block = repeated[start..<min(start + 500, repeated.count)].map { ($0, KeyedCall(call($0))) }
            let found = try await recorded(block.map(\.1))
            for (index, keyed) in block { results[index] = try read(index, found[keyed.key] ?? .rejected) }
        }
        return results.map { result in
            guard let result else { preconditionFailure("an open call was neither settled nor failed") }
            return result
        }
    }

    /// What the ledger has of `calls`: answers to the calls themselves or, offline, imported labels of their subjects.
    private func recorded(_ calls: [KeyedCall]) async throws -> [CallKey: SettledAnswer] {
        var found: [CallKey: SettledAnswer] = [:]
        for purpose in CallPurpose.allCases {
            let wanted = calls.filter { $0.call.purpose == purpose }
            guard !wanted.isEmpty else { continue }
            found.merge(try await ledger.settledAnswers(for: wanted.map(\.key), purpose: purpose)) { first, _ in first }
            guard client == nil else { continue }
            var byRecording: [CallKey: [CallKey]] = [:]
            for keyed in wanted where found[keyed.key] == nil {
                guard let subject = keyed.call.subject else { continue }
                let key = CallKey(recordedSubject: subject, model: keyed.call.request.model, purpose: purpose)
                byRecording[key, default: []].append(keyed.key)
            }
            let answers = try await ledger.settledAnswers(for: Array(byRecording.keys), purpose: purpose)
            for (recording, answer) in answers {
                for key in byRecording[recording] ?? [] { found[key] = answer }
            }
        }
        return found
    }

    func noteReuse(of answer: SettledAnswer, purpose: CallPurpose) {
        meter.add { spending in
            spending.reusedCalls += 1
            spending.reusedUsage.add(answer.usage)
            if purpose == .probe { spending.noteProbe(answer.usage) }
        }
    }
}

/// How far a ledger covers what a plan asks for.
package struct CallCoverage: Sendable, Hashable {
    package var recorded = 0
    /// Of the prompts.
    package var recordedBytes = 0
    package var recordedUsage = TokenUsage()
    package var open = 0
    package var openBytes = 0
    /// The most tokens that the open calls may write.
    package var openMostOutput = 0

    /// Counts calls as recorded that are known to be, but not which.
    package mutating func assumeRecorded(_ count: Int) {
        guard open > 0 else { return }
        let moved = min(max(count - recorded, 0), open)
        let left = Double(open - moved) / Double(open)
        recorded += moved
        open -= moved
        openBytes = Int((Double(openBytes) * left).rounded())
        openMostOutput = Int((Double(openMostOutput) * left).rounded())
    }

    fileprivate mutating func add(_ keyed: KeyedCall, _ answer: SettledAnswer?) {
        if let answer {
            recorded += 1
            recordedBytes += keyed.call.request.promptBytes
            recordedUsage.add(answer.usage)
        } else {
            open += 1
            openBytes += keyed.call.request.promptBytes
            openMostOutput += keyed.call.request.mostTokens.output
        }
    }
}

extension TokenUsage {
    mutating func add(_ other: TokenUsage) {
        input += other.input
        output += other.output
        cached += other.cached
    }
}
