import AttarPipeline
import Foundation
import Testing

@Suite("The folder of a run")
struct RunDirectoryTests {
    private func pipeline(_ folder: TemporaryFolder, _ scripted: ScriptedStages = ScriptedStages()) throws -> Pipeline {
        let source = try folder.write("one\n", to: "source.txt")
        return Pipeline(try decode(shortRecipe, set: ["train.seed=4"]), stages: scripted.stages(source: source))
    }

    @Test("run.json comes back as it was written, and says what ran")
    func roundTrip() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try pipeline(folder)
        let written = try await pipeline.run(in: folder.run())
        let read = try folder.run().existingRecord()
        #expect(read.stages.map(\.name) == written.stages.map(\.name))
        #expect(read.stages.map(\.key) == written.stages.map(\.key))
        #expect(read.stages.map(\.outputs) == written.stages.map(\.outputs))
        #expect(read.stages.map(\.report) == written.stages.map(\.report))
        #expect(read.recipe == written.recipe)
        #expect(read.recipe.overrides == ["train.seed=4"])
        #expect(read.stages.allSatisfy { $0.status == .done && ($0.seconds ?? -1) >= 0 && $0.endedAt != nil })
        let lines = try RunSummary(folder.run()).lines.joined(separator: "\n")
        #expect(lines.contains("characters:") && !lines.contains("out of date"))
    }

    @Test(
        "A record of another format is refused with what to do",
        arguments: [
            (#"{"format": 2, "anything": []}"#, "written by a newer attar: its format is 2, this one reads 1"),
            (#"{"format": 0}"#, "written by an older attar: its format is 0, this one reads 1"),
            (#"{"name": "x"}"#, "written by an older attar: its format is not given"),
            (#"{"format": 1}"#, "damaged file (parts of it are missing or of the wrong type)"),
            (#"{"format": 1, "name""#, "damaged file (not JSON)"),
            ("", "damaged file (not JSON)"),
        ])
    func otherFormat(text: String, message: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "runs/run/run.json")
        let pipeline = try pipeline(folder)
        let error = await #expect(throws: RunError.self) { try await pipeline.run(in: folder.run()) }
        #expect("\(error!)".contains(message))
        #expect("\(error!)".hasPrefix("runs/run/run.json: "))
        #expect(Failure(error!).kind == .input)
    }

    @Test("Two runs at once in one folder: the second is refused, with the process that holds it")
    func locked() async throws {
        let folder = try TemporaryFolder()
        let scripted = ScriptedStages()
        let source = try folder.write("one\n", to: "source.txt")
        let inner = Pipeline(try decode(shortRecipe), stages: scripted.stages(source: source))
        let outer = ScriptedStages([
            .train: { context in
                #expect(RunLock.isHeld(context.directory))
                let error = await #expect(throws: RunError.self) { try await inner.run(in: context.directory) }
                #expect(
                    "\(error!)".contains(
                        "another process (\(ProcessInfo.processInfo.processIdentifier)) is working on this run"))
            }
        ])
        try await pipeline(folder, outer).run(in: folder.run())
        #expect(scripted.takeRuns() == [])
        #expect(!RunLock.isHeld(folder.run()))
        // Afterwards the folder is free.
        try await inner.run(in: folder.run())
    }

    @Test("A folder that cannot be written is refused")
    func notWritable() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try pipeline(folder)
        try folder.write("a file where the folder should be", to: "runs")
        let error = await #expect(throws: RunError.self) { try await pipeline.run(in: folder.run()) }
        #expect("\(error!)".hasPrefix("runs/run: expected a folder that can be written"))
        let proc = RunDirectory(URL(filePath: "/proc/attar/run", directoryHint: .isDirectory))
        let second = await #expect(throws: RunError.self) { try await pipeline.run(in: proc) }
        #expect("\(second!)".contains("expected a folder that can be written"))
    }

    @Test("Inspecting a folder without a run says so")
    func noRun() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: RunError.self) { try RunSummary(folder.run()) }
        #expect("\(error!)".contains("expected the folder of a run, with run.json in it"))
    }

    @Test("A stage that ran on other inputs than there are now shows as out of date")
    func outOfDate() async throws {
        let folder = try TemporaryFolder()
        let scripted = ScriptedStages()
        try await pipeline(folder, scripted).run(in: folder.run())
        let source = try folder.write("two\n", to: "source.txt")
        try await Pipeline(try decode(shortRecipe), stages: scripted.stages(source: source)).run(
            until: .dataset, in: folder.run())
        let lines = try RunSummary(folder.run()).lines
        #expect(lines.contains { $0.hasPrefix("train") && $0.contains("out of date") })
        #expect(lines.contains { $0.hasPrefix("dataset") && $0.contains("done") })
    }

    @Test("Metrics are lines of JSON with their stage")
    func metrics() async throws {
        let folder = try TemporaryFolder()
        let scripted = ScriptedStages([
            .train: { context in for epoch in 1...3 { try context.metric(["epoch": .integer(epoch), "loss": 0.5]) } }
        ])
        try await pipeline(folder, scripted).run(in: folder.run())
        let text = try String(contentsOf: folder.run().metricsFile, encoding: .utf8)
        #expect(text == (1...3).map { #"{"stage":"train","epoch":\#($0),"loss":0.5}"# + "\n" }.joined())
    }
}
