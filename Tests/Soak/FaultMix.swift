import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation
import Synchronization

/// Every fault of an endpoint in random mixes, under hard limits: the run finishes or pauses, and pays no more than it may.
struct FaultMix {
    private static let faults: [FaultEndpointFault] = [
        .tooManyRequests(retryAfter: "0.05"), .tooManyRequests(retryAfter: nil), .status(500), .html(status: 502),
        .hang, .cutBody, .badJSON, .wrongShape, .emptyBody, .slowDrip, .endlessBody, .reset, .html(status: 200),
        .status(529), .status(408),
    ]

    func run(_ count: Int) async throws {
        var (sent, paused, finished, over) = (0, 0, 0, 0)
        let scratch = try Scratch()
        var start = residentMegabytes()
        var seed: UInt64 = 0
        while sent < count {
            seed += 1
            let (calls, hasFinished, overrun) = try await mix(seed: seed, in: scratch.url)
            sent += calls
            if hasFinished { finished += 1 } else { paused += 1 }
            over += overrun
            if seed == 1 { start = residentMegabytes() }
            print("mix \(seed): \(calls) calls, \(hasFinished ? "finished" : "paused"), \(residentMegabytes()) MB")
        }
        try check(over == 0, "the budget was overrun by \(over) requests")
        print(
            "\(sent) calls in \(seed) mixes: \(finished) finished, \(paused) paused; budget overrun 0; every ledger intact;"
        )
        print("memory \(start) MB after the first mix, \(residentMegabytes()) MB at the end")
    }

    /// Labels texts through one mix, goes on after pauses, and checks the answers against those of a sound endpoint.
    private func mix(seed: UInt64, in folder: URL) async throws -> (calls: Int, hasFinished: Bool, overrun: Int) {
        var random = SplitMix64(seed: seed)
        let share = [0.05, 0.2, 0.4, 0.7].randomElement(using: &random) ?? 0.2
        let kinds = Array(Self.faults.shuffled(using: &random).prefix(Int.random(in: 1...15, using: &random)))
        let draws = Mutex(random)
        let endpoint = try await FaultEndpoint.start { _ in
            draws.withLock { draws in
                Double.random(in: 0..<1, using: &draws) < share ? kinds.randomElement(using: &draws) : nil
            }
        }
        let ledger = folder.appendingPathComponent("ledger-\(seed).sqlite")
        let limit = Int.random(in: 100...900, using: &random)
        var configuration = TeacherConfiguration(
            endpoint: endpoint.url, model: "test-model", ledger: ledger, concurrency: 16,
            budget: Budget(requests: limit), timeoutSeconds: 0.25, retries: 6, answerLimitBytes: 65536)
        var results: [String]?
        for _ in 0..<4 where results == nil {
            let teacher = try Teacher(configuration, surroundings: Self.hastySurroundings)
            results = try? await teacher.results(
                of: 400, call: { TeacherCall(request: request($0), purpose: .training) },
                read: { $1.answer.firstTokens?.first?.token ?? "?" })
            let spent = try await teacher.ledger.spent(on: configuration.account)
            try check(spent.requests <= configuration.budget.requests ?? 0, "account over its limit: \(spent)")
            try await teacher.close()
            if results == nil { configuration.budget.requests = (configuration.budget.requests ?? 0) + 200 }
        }
        let opened = try Ledger(at: ledger)
        try await opened.verifyIntegrity()
        let settled = try await opened.counts().settled
        try opened.close()
        if let results {
            let answers = FaultEndpointAnswers.sentiment
            for (index, token) in results.enumerated() {
                guard case .completion(let prompt) = request(index).prompt else { continue }
                let right = answers(prompt).max { ($0.probability, $1.token) < ($1.probability, $0.token) }
                try check(token == right?.token || token == "?", "a wrong answer: \(token)")
            }
            // One call of a hundred may be given up where faults hit it again and again.
            let open = results.count { $0 == "?" }
            try check(open <= 4 && settled == 400 - open, "\(settled) settled, \(open) without an answer")
        }
        try await endpoint.stop()
        let overrun = max(endpoint.charged.count - (configuration.budget.requests ?? 0), 0)
        return (endpoint.calls.count, results != nil, overrun)
    }

    /// Waits a hundredth of what they should.
    private static let hastySurroundings = TeacherSurroundings(
        environment: [:], pause: { try await Task.sleep(for: $0 / 100) })
}

func residentMegabytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_000_000
}
