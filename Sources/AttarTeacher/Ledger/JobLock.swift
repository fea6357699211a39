import Foundation

/// Held while a job's calls are bought, so that a second run of the same job on one ledger waits and then finds the answers
/// there, in place of buying them too. It ends with its process, however that ends.
package final class JobLock: Sendable {
    private let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Waits for the lock of the job that begins with this call. Nil where the ledger's folder takes no further file: then
    /// nobody waits, and answers that are bought twice are settled once.
    package static func taken(ledger: String, firstCall: CallKey) async throws -> JobLock? {
        let path = "\(ledger)-job-\(firstCall.description.prefix(16))"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return nil }
        do {
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else { break }
                try await Task.sleep(for: .milliseconds(200))
            }
        } catch {
            // Whose the file is goes on having it.
            close(descriptor)
            throw error
        }
        return JobLock(descriptor: descriptor, path: path)
    }

    deinit {
        // Whoever waits has it open, and takes it over.
        unlink(path)
        close(descriptor)
    }
}
