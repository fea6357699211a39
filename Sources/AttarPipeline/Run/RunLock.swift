import Foundation

/// Keeps two processes from writing one run. The system lets go of it when the process ends, however it ends.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// Throws `RunError.inUse` where another process, or another lock of this one, holds the run.
    package init(_ directory: RunDirectory) throws(RunError) {
        let path = directory.file(".lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .folderNotWritable(path: directory.shownPath, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = RunLock.processID(in: descriptor)
            close(descriptor)
            throw .inUse(path: directory.shownPath, processID: holder)
        }
        let line = Array("\(getpid())\n".utf8)
        // The number only helps whoever meets the lock: without it the lock holds all the same.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, line, line.count, 0) }
    }

    deinit {
        close(descriptor)
    }

    /// Whether a process holds the run. Leaves no trace.
    package static func isHeld(_ directory: RunDirectory) -> Bool {
        let descriptor = open(directory.file(".lock").path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    private static func processID(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
