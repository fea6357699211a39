import Foundation
import Synchronization

/// Decides when an attempt may be sent: how many are in flight, how fast they follow one another, and when all wait.
///
/// The number in flight grows with every success, by one until the first overload and by 1/n after it, and is halved by
/// one (additive increase, multiplicative decrease: Chiu and Jain 1989; slow start: Jacobson 1988). The recipe's
/// concurrency is its ceiling. Nothing here reaches a result: it moves calls in time only.
final class Governor: Sendable {
    /// A place in flight.
    struct Place: Sendable {
        fileprivate let epoch: Int
        /// Successes before this attempt was sent.
        let successesBefore: Int
    }

    enum Outcome: Sendable {
        case success(RateLimits)
        /// Too many requests, an overloaded server, no answer in time.
        case overload(retryAfterSeconds: Double?, isCharged: Bool)
        /// An answer that makes no sense, perhaps charged.
        case failure(isCharged: Bool)
        /// Not sent after all.
        case unused
    }

    private struct State {
        var window: Double
        var inFlight = 0
        var isGrowingFast = true
        /// Counts decreases: calls that were sent before one do not bring about another.
        var epoch = 0
        var successes = 0
        var chargedFailuresInARow = 0
        var heldUntil = 0.0
        var nextStart = 0.0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var rates: RateLimits?
    }

    private let state: Mutex<State>
    private let ceiling: Double
    private let secondsPerRequest: Double
    private let secondsPerToken: Double
    private let surroundings: TeacherSurroundings

    init(_ configuration: TeacherConfiguration, surroundings: TeacherSurroundings) {
        ceiling = Double(max(configuration.concurrency, 1))
        secondsPerRequest = configuration.requestsPerMinute.map { 60 / $0 } ?? 0
        secondsPerToken = configuration.tokensPerMinute.map { 60 / $0 } ?? 0
        self.surroundings = surroundings
        state = Mutex(State(window: min(ceiling, 4)))
    }

    var successes: Int { state.withLock { $0.successes } }
    /// Attempts that failed though they may be charged for, since the last success.
    var chargedFailuresInARow: Int { state.withLock { $0.chargedFailuresInARow } }
    /// What the endpoint last said about its rates.
    var rates: RateLimits? { state.withLock { $0.rates } }
    /// The most attempts in flight now.
    var window: Double { state.withLock { $0.window } }

    /// Waits for a place. `nil` if `stop` was raised meanwhile. Throws `CancellationError`.
    func enter(tokens: Int, stop: StopSignal) async throws -> Place? {
        while true {
            try Task.checkCancellation()
            if stop.isRaised { return nil }
            let now = surroundings.now()
            enum Step {
                case go(Place)
                case pause(Double)
                case queue
            }
            let step: Step = state.withLock { state in
                guard Double(state.inFlight) < max(state.window.rounded(.down), 1) else { return .queue }
                let ready = max(state.heldUntil, state.nextStart)
                if ready > now { return .pause(ready - now) }
                state.inFlight += 1
                state.nextStart = max(state.nextStart, now) + max(secondsPerRequest, Double(tokens) * secondsPerToken)
                return .go(Place(epoch: state.epoch, successesBefore: state.successes))
            }
            switch step {
            case .go(let place): return place
            case .pause(let seconds):
                let pause = surroundings.pause
                guard try await stop.wait({ try await pause(.seconds(seconds)) }) else { return nil }
            case .queue: await queue(stop)
            }
        }
    }

    /// Waits until a place may be free, the run stops or the task is cancelled.
    private func queue(_ stop: StopSignal) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    if Double(state.inFlight) < max(state.window.rounded(.down), 1) || stop.isRaised || Task.isCancelled
                    {
                        return true
                    }
                    state.waiting.append(continuation)
                    return false
                }
                if isFree { continuation.resume() }
            }
        } onCancel: {
            wakeAll()
        }
    }

    /// Lets everybody who waits for a place look around.
    func wakeAll() {
        let woken = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in woken { continuation.resume() }
    }

    /// Gives the place back and learns from how the attempt ended.
    func leave(_ place: Place, _ outcome: Outcome, tokens: Int = 0) {
        let now = surroundings.now()
        let woken = state.withLock { state in
            state.inFlight -= 1
            switch outcome {
            case .success(let rates):
                state.successes += 1
                state.chargedFailuresInARow = 0
                state.window = min(state.window + (state.isGrowingFast ? 1 : 1 / state.window), ceiling)
                if rates.areTold { state.rates = rates }
                if let hold = rates.holdSeconds(tokens: tokens) { state.heldUntil = max(state.heldUntil, now + hold) }
            case .overload(let asked, let isCharged):
                if isCharged { state.chargedFailuresInARow += 1 }
                if place.epoch == state.epoch {
                    state.epoch += 1
                    state.isGrowingFast = false
                    state.window = max(state.window / 2, 1)
                }
                if let asked { state.heldUntil = max(state.heldUntil, now + asked) }
            case .failure(let isCharged):
                if isCharged { state.chargedFailuresInARow += 1 }
            case .unused:
                break
            }
            let free = max(Int(max(state.window, 1)) - state.inFlight, 0)
            let count = min(free, state.waiting.count)
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
        for continuation in woken { continuation.resume() }
    }
}
