import AttarPipeline
import Foundation
import Synchronization
import Testing

@Suite("Interrupted runs")
struct InterruptionTests {
    static let stages: [StageName] = [.data, .dataset, .train, .export]

    /// Cancels the task that runs the pipeline from inside a stage, as Ctrl-C does.
    private final class Canceller: Sendable {
        private let task = Mutex<Task<Void, any Error>?>(nil)

        func start(_ body: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
            task.withLock { stored in
                let new = Task { try await body() }
                stored = new
                return new
            }
        }

        func cancel() { task.withLock { $0?.cancel() } }
    }

    @Test("Cancelled in any stage, a run stops there, and the next one goes on from there", arguments: stages)
    func cancelled(at stage: StageName) async throws {
        let folder = try TemporaryFolder()
        let source = try folder.write("one\n", to: "source.txt")
        let canceller = Canceller()
        let cancelling = ScriptedStages([
            stage: { context in
                try "half".write(to: context.unfinished.appending(path: "part"), atomically: true, encoding: .utf8)
                canceller.cancel()
                try context.progress(1, of: 2, "steps")
            }
        ])
        let recipe = try decode(shortRecipe)
        let task = canceller.start {
            try await Pipeline(recipe, stages: cancelling.stages(source: source)).run(in: folder.run())
        }
        let error = await #expect(throws: RunError.self) { try await task.value }
        #expect("\(error!)" == "stopped in stage \(stage.rawValue)")
        #expect(Failure(error!).kind == .interrupted)
        let record = try folder.run().existingRecord()
        #expect(record[stage]?.status == .interrupted)
        #expect(record.stages.filter { $0.status == .done }.map(\.name) == Array(Self.stages.prefix { $0 != stage }))

        let found = Mutex("")
        let second = ScriptedStages([
            stage: { context in
                let part = try? String(contentsOf: context.unfinished.appending(path: "part"), encoding: .utf8)
                found.withLock { $0 = part ?? "nothing" }
            }
        ])
        let progress = RecordedProgress()
        try await Pipeline(recipe, stages: second.stages(source: source)).run(in: folder.run(), progress: progress)
        #expect(second.takeRuns() == Array(Self.stages.drop { $0 != stage }))
        #expect(progress.story.contains("resumed \(stage.rawValue)"))
        // Unfinished work is there again, and gone when the stage is done.
        #expect(found.withLock { $0 } == "half")
        #expect(!FileManager.default.fileExists(atPath: folder.run().file("unfinished").path))
    }

    @Test("Unfinished work of other inputs is not offered")
    func otherInputs() async throws {
        let folder = try TemporaryFolder()
        let source = try folder.write("one\n", to: "source.txt")
        let failing = ScriptedStages([
            .train: { context in
                try "half".write(to: context.unfinished.appending(path: "part"), atomically: true, encoding: .utf8)
                throw CancellationError()
            }
        ])
        await #expect(throws: RunError.self) {
            try await Pipeline(decode(shortRecipe), stages: failing.stages(source: source)).run(in: folder.run())
        }
        let seen = Mutex(true)
        let second = ScriptedStages([
            .train: { context in
                let exists = FileManager.default.fileExists(atPath: context.unfinished.appending(path: "part").path)
                seen.withLock { $0 = exists }
            }
        ])
        let changed = try decode(shortRecipe, set: ["train.epochs=3"])
        try await Pipeline(changed, stages: second.stages(source: source)).run(in: folder.run())
        #expect(!seen.withLock { $0 })
    }

    @Test("A process that died in a stage leaves a run that goes on", arguments: stages)
    func died(in stage: StageName) async throws {
        let folder = try TemporaryFolder()
        let source = try folder.write("one\n", to: "source.txt")
        let recipe = try decode(shortRecipe)
        let scripted = ScriptedStages()
        try await Pipeline(recipe, stages: scripted.stages(source: source)).run(in: folder.run())
        _ = scripted.takeRuns()
        // As the record stands on the disk while the stage runs.
        let file = folder.run().recordFile
        var record = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        var stages = try #require(record["stages"] as? [[String: Any]])
        let index = try #require(stages.firstIndex { $0["name"] as? String == stage.rawValue })
        stages[index]["status"] = "running"
        stages[index]["outputs"] = [Any]()
        record["stages"] = Array(stages[...index])
        try JSONSerialization.data(withJSONObject: record).write(to: file)
        try await Pipeline(recipe, stages: scripted.stages(source: source)).run(in: folder.run())
        #expect(scripted.takeRuns() == Array(Self.stages.drop { $0 != stage }))
    }

    @Test("The error of a stage is told, recorded, and the stage runs again")
    func failed() async throws {
        let folder = try TemporaryFolder()
        let source = try folder.write("one\n", to: "source.txt")
        let failing = ScriptedStages([.train: { _ in throw TextDataError.oneLabel(path: "x.csv", label: "good") }])
        let error = await #expect(throws: RunError.self) {
            try await Pipeline(decode(shortRecipe), stages: failing.stages(source: source)).run(in: folder.run())
        }
        #expect("\(error!)".hasPrefix("stage train: x.csv: expected at least two labels"))
        #expect(Failure(error!).kind == .input)
        let record = try folder.run().existingRecord()
        #expect(record[.train]?.status == .failed)
        #expect(record[.train]?.failure?.contains("x.csv") == true)
        let scripted = ScriptedStages()
        try await Pipeline(decode(shortRecipe), stages: scripted.stages(source: source)).run(in: folder.run())
        #expect(scripted.takeRuns() == [.train, .export])
    }
}
