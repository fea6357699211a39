import ArgumentParser
import AttarData
import AttarPipeline
import AttarTeacher
import Foundation

/// attar teacher tune
struct TeacherTuneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Finds the way to ask a recipe's teacher that works best on a few dozen rows with right labels.",
        discussion: """
            Tries prompt forms, examples, ways to get probabilities and corrections on rows of data.labelled; held-out rows are never opened. \
            Answers are kept in the ledger: to search again, or with more rows, costs only what is new.
            """)

    @OptionGroup var recipe: RecipeOptions

    @Option(help: "Rows with right labels to judge by.")
    var rows = 48

    @Option(help: "Most calls to the teacher, over all searches for this recipe.")
    var calls = 1500

    @Option(help: "Most tokens, sent and received, over all searches for this recipe.")
    var tokens: Int?

    @Option(help: "Most that searches for this recipe may cost, at its prices and in their currency.")
    var cost: Double?

    @Option(help: "Which rows are drawn, as judges and as examples.")
    var seed = 1

    @Option(help: "The folder of all runs; the ledger is in it.")
    var runs = "runs"

    @Option(help: "The file for the winner, to be used by `attar run RECIPE --with FILE`.")
    var output = "tuned.yaml"

    func validate() throws {
        guard (16...10_000).contains(rows) else { throw ValidationError("--rows \(rows): expected 16 to 10000") }
        guard calls > 0 else { throw ValidationError("--calls \(calls): expected 1 or more") }
        guard seed >= 0 else { throw ValidationError("--seed \(seed): expected 0 or more") }
    }

    func run() async throws {
        let loaded = try recipe.load()
        if cost != nil, loaded.recipe.teacher?.pricePerMillionInputTokens == nil {
            throw ValidationError("--cost needs teacher.price-per-million-input-tokens in the recipe")
        }
        let target = URL(filePath: output).resolvingSymlinksInPath()
        guard target != URL(filePath: recipe.recipe).resolvingSymlinksInPath() else {
            throw ValidationError("--output \(output): expected another file than the recipe itself")
        }
        let folder = URL(filePath: output).deletingLastPathComponent()
        guard FileManager.default.isWritableFile(atPath: folder.path) else {
            throw ValidationError("--output \(output): expected a folder that can be written; \(folder.path) is none")
        }
        var options = TeacherTuning.Options()
        options.rows = rows
        options.seed = seed
        // The limits of the recipe hold here, too.
        options.budget = Budget(requests: calls, tokens: tokens, cost: cost)
        if let section = loaded.recipe.teacher { options.budget.tighten(to: section.budget) }
        let tuning = try TeacherTuning(loaded, runs: runs, options: options)
        let result = try await withInterruption {
            try await tuning.run { step in
                Terminal.note("\(step.rows) rows, \(step.number) of \(step.total): \(step.candidate.description)")
            }
        }
        for line in result.lines { Terminal.output(line) }
        Terminal.output("new calls \(result.spending.settledCalls), from the ledger \(result.spending.reusedCalls)")
        if let fragment = result.fragment {
            try AtomicFile.write(Data(fragment.utf8), to: URL(filePath: output))
            Terminal.output("written: \(output)")
        }
    }
}
