import Foundation
import Synchronization

/// The built command line as a process.
struct AttarProcess {
    /// Beside the tests, where the build puts it; nil where only the tests were built.
    static let executable: URL? = {
        let candidates = [CommandLine.arguments.first, Bundle.main.executablePath].compactMap { $0 }
        return candidates.map { URL(filePath: $0).deletingLastPathComponent().appending(path: "attar") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs to the end; the status of a process that a signal ended is 128 and the signal, as a shell has it. `onErrorText` sees what is on standard error so far, and may send signals.
    static func run(
        _ arguments: [String], in folder: URL, input: String = "", environment: [String: String] = [:],
        onStart: @escaping @Sendable (Process) -> Void = { _ in },
        onErrorText: @escaping @Sendable (String, Process) -> Void = { _, _ in }
    ) async throws -> Result {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors, stdin) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = stdin
        let ended = Task.detached { () -> (String, String) in
            async let out = output.fileHandleForReading.readToEnd()
            var text = ""
            while true {
                let piece = errors.fileHandleForReading.availableData
                if piece.isEmpty { break }
                text += String(decoding: piece, as: UTF8.self)
                onErrorText(text, process)
            }
            return (String(decoding: try await out ?? Data(), as: UTF8.self), text)
        }
        try process.run()
        onStart(process)
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let (out, text) = try await ended.value
        process.waitUntilExit()
        let status = process.terminationStatus
        return Result(
            status: process.terminationReason == .uncaughtSignal ? 128 + status : status, output: out, errors: text)
    }
}
