import Synchronization

/// Ends waits between attempts at once when the run is going to stop, while calls that are under way, and paid for,
/// come to their end.
final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var waits: [Int: Task<Void, any Error>] = [:]
        var next = 0
    }
    private let state = Mutex(State())
    private let onRaise: @Sendable () -> Void

    /// - Parameter onRaise: wakes those who wait for something else.
    init(onRaise: @escaping @Sendable () -> Void = {}) { self.onRaise = onRaise }

    var isRaised: Bool { state.withLock { $0.isRaised } }

    func raise() {
        let waits = state.withLock { state in
            state.isRaised = true
            return state.waits.values.map { $0 }
        }
        for wait in waits { wait.cancel() }
        onRaise()
    }

    /// Runs `pause`, cut short by `raise()`. Returns whether the wait came to its end.
    func wait(_ pause: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        let task = Task { try await pause() }
        let number: Int? = state.withLock { state in
            if state.isRaised { return nil }
            state.next += 1
            state.waits[state.next] = task
            return state.next
        }
        guard let number else {
            task.cancel()
            return false
        }
        defer { state.withLock { state in state.waits[number] = nil } }
        do {
            try await withTaskCancellationHandler(operation: { try await task.value }, onCancel: { task.cancel() })
        } catch {
            try Task.checkCancellation()
            if isRaised { return false }
            throw error
        }
        return !isRaised
    }
}
