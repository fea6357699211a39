import ArgumentParser
import AttarPipeline
import Foundation

/// attar run
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a recipe: from data and teacher to a model file and a report.",
        discussion: """
            Everything goes to runs/NAME. A stage whose inputs have not changed is kept, so an interrupted or edited run goes on where it
            must. Answers of the teacher are kept in a ledger and are never paid for twice.
            """)

    @OptionGroup var recipe: RecipeOptions

    @OptionGroup var place: RunOptions

    @Option(help: "The last stage to run: \(StageName.allCases.map(\.rawValue).joined(separator: ", ")).")
    var until: StageName?

    @Flag(help: "Print what happens as JSON lines.")
    var json = false

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    func run() async throws {
        let loaded = try recipe.load()
        let directory = place.directory(of: loaded)
        let (progress, last) = (progress, until)
        do {
            _ = try await withInterruption {
                try await Pipeline(loaded).run(until: last, in: directory, progress: progress)
            }
        } catch {
            // Whoever reads events learns of the end from them, too.
            if json, !quiet {
                let failure = Failure(error)
                let name = failure.kind == .paused ? "run-paused" : "run-failed"
                let event: JSONValue = ["event": .text(name), "message": .text(failure.message)]
                Terminal.output(event.compact)
            }
            throw error
        }
        if !quiet { try finish(directory) }
    }

    private var progress: any ProgressSink {
        if quiet { return SilentProgress() }
        if json { return JSONProgress() }
        return TerminalProgress()
    }

    private func finish(_ directory: RunDirectory) throws {
        let results = try RunResults(directory, until: until)
        guard !json else {
            Terminal.output(results.json.compact)
            return
        }
        for line in results.lines(columns: Terminal.columns) { Terminal.output(line) }
    }
}

extension StageName: ExpressibleByArgument {}
