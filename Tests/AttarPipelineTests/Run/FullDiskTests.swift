import AttarPipeline
import Foundation
import Testing

@Suite("A full disk", .enabled(if: SmallDisk.isAvailable, "needs the right to mount a tmpfs"))
struct FullDiskTests {
    @Test("The run stops with a message, and goes on when there is room")
    func full() async throws {
        let disk = try SmallDisk(kilobytes: 256)
        let outside = try TemporaryFolder()
        let source = try outside.write("one\n", to: "source.txt")
        let directory = RunDirectory(disk.url.appending(path: "run", directoryHint: .isDirectory), shownPath: "run")
        let filler = disk.url.appending(path: "filler")
        let scripted = ScriptedStages([
            .train: { context in
                // Fills the disk to the last byte, then tries to write an output.
                let handle =
                    FileManager.default.createFile(atPath: filler.path, contents: nil)
                    ? try FileHandle(forWritingTo: filler) : nil
                for size in [4096, 64, 1] {
                    while (try? handle?.write(contentsOf: Data(repeating: 1, count: size))) != nil {}
                }
                try Data(repeating: 2, count: 100_000).write(to: context.file("out/train.txt"))
            }
        ])
        let recipe = try decode(shortRecipe)
        let error = await #expect(throws: RunError.self) {
            try await Pipeline(recipe, stages: scripted.stages(source: source)).run(in: directory)
        }
        #expect("\(error!)".hasPrefix("stage train: "))
        try FileManager.default.removeItem(at: filler)
        // The record is whole, whatever could be written of it.
        let record = try directory.existingRecord()
        #expect(record.stages.filter { $0.status == .done }.map(\.name) == [.data, .dataset])
        let second = ScriptedStages()
        try await Pipeline(recipe, stages: second.stages(source: source)).run(in: directory)
        #expect(second.takeRuns() == [.train, .export])
    }
}

/// A file system of a few kilobytes in memory.
private final class SmallDisk {
    let url: URL

    static let isAvailable: Bool = (try? SmallDisk(kilobytes: 64)) != nil

    init(kilobytes: Int) throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "attar-disk-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        guard geteuid() == 0,
            SmallDisk.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", url.path]) == 0
        else {
            try FileManager.default.removeItem(at: url)
            throw POSIXError(.EPERM)
        }
    }

    deinit {
        _ = SmallDisk.run("umount", [url.path])
        try? FileManager.default.removeItem(at: url)
    }

    private static func run(_ program: String, _ arguments: [String]) -> Int32? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
