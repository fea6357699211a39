import AttarStatistics
import Foundation

/// Exponential back-off with full jitter: the n-th wait is drawn from [0, min(0.5 s · 2ⁿ, 30 s)].
///
/// The jitter is a function of the call and the attempt, so a test can foresee it and calls that failed together
/// still come back spread out.
struct RetrySchedule: Sendable {
    var firstSeconds = 0.5
    var longestSeconds = 30.0

    func waitSeconds(attempt: Int, key: CallKey, retryAfterSeconds: Double?) -> Double {
        let ceiling = min(firstSeconds * pow(2, Double(min(attempt, 30))), longestSeconds)
        var random = SplitMix64(seed: key.seed &+ UInt64(attempt))
        let wait = ceiling * Double.random(in: 0..<1, using: &random)
        // Whoever is asked to wait waits at least that long, jitter on top.
        guard let asked = retryAfterSeconds else { return wait }
        return asked + wait * 0.1
    }
}
