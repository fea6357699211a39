import AttarPipeline
import Foundation
import Testing

@Suite("Stages run again only where something they read has changed")
struct StageCacheTests {
    let folder: TemporaryFolder
    let source: URL
    let scripted = ScriptedStages()

    init() throws {
        folder = try TemporaryFolder()
        source = try folder.write("one\n", to: "source.txt")
    }

    @discardableResult
    private func run(set overrides: [String] = [], until: StageName? = nil) async throws -> [StageName] {
        let recipe = try decode(shortRecipe, set: overrides)
        try await Pipeline(recipe, stages: scripted.stages(source: source)).run(until: until, in: folder.run())
        return scripted.takeRuns()
    }

    @Test("The second run keeps everything")
    func second() async throws {
        #expect(try await run() == [.data, .dataset, .train, .export])
        #expect(try await run() == [])
    }

    @Test(
        "An edited key re-runs the stages from the one that reads it",
        arguments: [
            ("name=other", [StageName.export]), ("train.epochs=3", [.train, .export]),
            ("data.validation=0.2", [.dataset, .train, .export]),
            ("data.text-column=x", [.data, .dataset, .train, .export]),
            ("evaluate.seed=3", []), ("student.width=8", []),
        ])
    func edited(argument: String, stages: [StageName]) async throws {
        try await run()
        #expect(try await run(set: [argument]) == stages)
        #expect(try await run(set: [argument]) == [])
    }

    @Test("Going back to the earlier recipe runs the tail again: one state of a run is kept")
    func back() async throws {
        try await run()
        try await run(set: ["train.epochs=3"])
        #expect(try await run() == [.train, .export])
    }

    @Test("A changed outside file runs everything that depends on it")
    func outsideFile() async throws {
        try await run()
        try folder.write("two\n", to: "source.txt")
        #expect(try await run() == [.data, .dataset, .train, .export])
        try folder.write("two\n", to: "source.txt")
        #expect(try await run() == [])
    }

    @Test(
        "A damaged or deleted output is made anew; what comes out the same stops there",
        arguments: [StageName.data, .dataset, .train, .export])
    func damaged(stage: StageName) async throws {
        try await run()
        let output = folder.run().file("out/\(stage.rawValue).txt")
        let right = try Data(contentsOf: output)
        var wrong = right
        wrong[wrong.count / 2] ^= 1
        try wrong.write(to: output)
        #expect(try await run() == [stage])
        #expect(try Data(contentsOf: output) == right)
        try FileManager.default.removeItem(at: output)
        #expect(try await run() == [stage])
        #expect(try await run() == [])
    }

    @Test("--until stops after a stage, and a later run goes on there")
    func until() async throws {
        #expect(try await run(until: .dataset) == [.data, .dataset])
        #expect(try await run(until: .train) == [.train])
        #expect(try await run() == [.export])
        await #expect(throws: RunError.self) { try await run(until: .evaluate) }
    }

    @Test("An outside file that is gone is named")
    func goneFile() async throws {
        try await run()
        try FileManager.default.removeItem(at: source)
        let error = await #expect(throws: RunError.self) { try await run() }
        #expect("\(error!)".contains(source.path))
    }

    @Test("A stage that makes less than it says has failed")
    func missingOutput() async throws {
        let stage = Stage(.data, reads: [], makes: ["nothing.txt"]) { _ in StageReport() }
        let error = await #expect(throws: RunError.self) {
            try await Pipeline(decode(shortRecipe), stages: [stage]).run(in: folder.run())
        }
        #expect("\(error!)".contains("stage data ended without making nothing.txt"))
        #expect(try folder.run().existingRecord()[.data]?.status == .failed)
    }
}
