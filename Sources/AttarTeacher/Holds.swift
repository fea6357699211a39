import Synchronization

/// Calls of this process for which the account holds more than they may take.
final class Holds: Sendable {
    private struct State {
        var count = 0
        var version = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Raised when something that was held is given back.
    var version: Int { state.withLock { $0.version } }

    func begin() { state.withLock { $0.count += 1 } }

    func end() {
        let woken = state.withLock { state in
            state.count -= 1
            state.version += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits until something is given back that was held at `version`. `false` if nothing is held that could be.
    func change(from version: Int) async -> Bool {
        if self.version != version { return true }
        var isHeld = true
        await withCheckedContinuation { continuation in
            let isQueued = state.withLock { state in
                if state.version != version { return false }
                isHeld = state.count > 0
                guard isHeld else { return false }
                state.waiting.append(continuation)
                return true
            }
            if !isQueued { continuation.resume() }
        }
        return isHeld
    }
}
