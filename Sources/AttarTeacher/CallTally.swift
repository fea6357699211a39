import Synchronization

/// Counts the calls of one stage and tells its progress.
final class CallTally: Sendable {
    private struct Counts {
        var reused = 0
        var answered = 0
        var rejected = 0
        var passedOver = 0
    }
    let total: Int
    private let meter: SpendingMeter
    private let handler: ProgressHandler?
    private let start = ContinuousClock.now
    private let counts = Mutex(Counts())

    init(total: Int, reused: Int, meter: SpendingMeter, handler: ProgressHandler?) {
        self.total = total
        self.meter = meter
        self.handler = handler
        counts.withLock { $0.reused = reused }
        report()
    }

    /// Calls with an answer, new or from the ledger.
    var done: Int { counts.withLock { $0.reused + $0.answered } }

    func addAnswer() {
        counts.withLock { $0.answered += 1 }
        report()
    }

    /// Notes a call that the endpoint turned down, and whether so many were that the recipe must be at fault rather
    /// than the texts: more than one in five, and more than a handful.
    func addRejection() -> Bool {
        counts.withLock { counts in
            counts.rejected += 1
            return counts.rejected > 5 && counts.rejected * 4 > counts.answered
        }
    }

    /// Calls that may be left without an answer though they fail again and again: one in a hundred, and one at least.
    var mostPassedOver: Int { max(1, total / 100) }

    /// Whether one more call that fails again and again may be left without an answer, so that a single text does not keep
    /// all others from being used: where nineteen in twenty were answered.
    func mayPassOver() -> Bool {
        counts.withLock { counts in
            counts.passedOver += 1
            return counts.passedOver <= mostPassedOver
                && counts.reused + counts.answered >= max(20 * counts.passedOver, total * 19 / 20)
        }
    }

    /// Whether every call that was sent was turned down.
    var isRejectedThroughout: Bool { counts.withLock { $0.rejected > 0 && $0.answered == 0 } }

    func finish() {
        let seconds = elapsedSeconds
        meter.add { $0.busySeconds += seconds }
    }

    private func report() {
        guard let handler else { return }
        let now = counts.withLock { $0 }
        let seconds = elapsedSeconds
        handler(
            TeacherProgress(
                done: now.reused + now.answered + now.rejected, total: total, reused: now.reused,
                requests: meter.current.requests, callsPerSecond: seconds > 0 ? Double(now.answered) / seconds : 0))
    }

    private var elapsedSeconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
