import Foundation

/// A file system in memory that is soon full; only root can mount one.
enum TinyDisk {
    static let isAvailable: Bool = {
        guard geteuid() == 0 else { return false }
        return (try? withTemporaryFolder { folder in try withDisk(at: folder, kilobytes: 64) { _ in } }) != nil
    }()

    static func withDisk(at folder: URL, kilobytes: Int, _ body: (URL) throws -> Void) throws {
        try run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.path)
        defer { try? run("umount", "-l", folder.path) }
        try body(folder)
    }

    private struct Failed: Error {}

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
    }
}
