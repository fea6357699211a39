import Dispatch
import Foundation
import Synchronization

/// Runs work that Ctrl-C stops: the first one lets it come to a clean end, the second one ends the program at once.
func withInterruption<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let task = Task { try await work() }
    let presses = Mutex(0)
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            let press = presses.withLock { count in
                count += 1
                return count
            }
            guard press == 1 else { _exit(ExitStatus.interrupted) }
            Terminal.note("\nStopping… (again to stop at once)")
            task.cancel()
        }
        source.resume()
        return source
    }
    defer {
        for source in sources { source.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        signal(SIGHUP, SIG_DFL)
    }
    return try await task.value
}
