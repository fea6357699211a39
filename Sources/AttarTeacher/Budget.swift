import Synchronization

/// Requests that may still be paid for. Taken before a call is sent, so it cannot be overrun by calls in flight.
final class Budget: Sendable {
    let limit: Int?
    private let taken = Mutex(0)

    init(limit: Int?) { self.limit = limit }

    /// Takes one request; `false` if none is left.
    func reserve() -> Bool {
        taken.withLock { taken in
            if let limit, taken >= limit { return false }
            taken += 1
            return true
        }
    }

    /// Gives one back that was certainly not charged.
    func refund() {
        taken.withLock { $0 -= 1 }
    }
}
