import Synchronization

/// What this start of the program asked for and paid.
package struct Spending: Sendable, Hashable {
    /// Attempts that the endpoint may have charged for: all but those it refused or that never reached it.
    package var requests = 0
    /// Attempts that failed for a passing reason and were made again.
    package var repeatedAttempts = 0
    /// Calls that were settled with a new answer.
    package var settledCalls = 0
    /// Calls answered from the ledger, at no cost.
    package var reusedCalls = 0
    /// Tokens of the new answers, as counted by the endpoint.
    package var usage = TokenUsage()
    /// Tokens of the reused answers, paid for by an earlier run.
    package var reusedUsage = TokenUsage()
    /// New answers for which the endpoint gave no token count: the cost is too low by theirs.
    package var uncountedCalls = 0
    /// Calls that the endpoint turned down while it took others, such as texts that are too long.
    package var rejectedCalls = 0
    /// Of all these, what a probe of the endpoint took.
    package var probeCalls = 0
    package var probeUsage = TokenUsage()
    /// Seconds in which calls were in flight.
    package var busySeconds = 0.0
    var prices = Prices()

    /// New calls a second while calls were in flight.
    package var callsPerSecond: Double { busySeconds > 0 ? Double(settledCalls) / busySeconds : 0 }

    /// Tokens × prices in the recipe's currency; `nil` without prices.
    package var cost: Double? { cost(of: usage) }

    /// What the reused answers would have cost.
    package var savedCost: Double? { cost(of: reusedUsage) }

    /// What all answers took, paid now or before, but for those of a probe: the same whenever the same is asked.
    package var answers: Amount {
        var amount = prices.amount(
            of: TokenUsage(
                input: usage.input + reusedUsage.input - probeUsage.input,
                output: usage.output + reusedUsage.output - probeUsage.output))
        amount.requests = settledCalls + reusedCalls - probeCalls
        return amount
    }

    mutating func noteProbe(_ usage: TokenUsage) {
        probeCalls += 1
        probeUsage.add(usage)
    }

    private func cost(of usage: TokenUsage) -> Double? {
        let (input, output) = (prices.perMillionInputTokens, prices.perMillionOutputTokens)
        guard input != nil || output != nil else { return nil }
        return (Double(usage.input) * (input ?? 0) + Double(usage.output) * (output ?? 0)) / 1e6
    }
}

/// Progress of one stage, as values: whoever shows it decides how.
package struct TeacherProgress: Sendable, Hashable {
    package var done: Int
    package var total: Int
    /// Of the calls done, those that were answered from the ledger.
    package var reused: Int
    /// Requests paid for since the program started.
    package var requests: Int
    /// New answers a second since the stage began.
    package var callsPerSecond: Double

    /// The same with other calls of the same work that came before these, or are to come after them.
    func among(_ others: (before: Int, after: Int, reused: Int)) -> TeacherProgress {
        var progress = self
        progress.done += others.before
        progress.total += others.before + others.after
        progress.reused += others.reused
        return progress
    }
}

package typealias ProgressHandler = @Sendable (TeacherProgress) -> Void

/// Counts from all calls in flight.
final class SpendingMeter: Sendable {
    private let spending: Mutex<Spending>

    init(prices: Prices) {
        var start = Spending()
        start.prices = prices
        spending = Mutex(start)
    }

    var current: Spending { spending.withLock { $0 } }

    func add(_ change: (inout Spending) -> Void) { spending.withLock { change(&$0) } }
}
