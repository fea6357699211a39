import ArgumentParser
import AttarData
import AttarPipeline
import Foundation

/// attar recipe attributes
struct RecipeAttributesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attributes",
        abstract: "Lets a recipe's teacher propose values of attributes for generated texts.",
        discussion: """
            Prints the values and writes them to a file. Nothing uses them until you have looked through the file and pass it on: \
            `attar run RECIPE --with attributes.yaml`. Values that the recipe has already show the teacher what is meant.
            """)

    @OptionGroup var recipe: RecipeOptions

    @Option(parsing: .upToNextOption, help: "Attributes to ask for, such as persona product mood length channel.")
    var names: [String] = []

    @Option(parsing: .upToNextOption, help: "Attributes with a list of values for each label.")
    var byLabel: [String] = []

    @Option(help: "How many values are wanted of each.")
    var count = 20

    @Option(help: "The folder of all runs; the ledger is in it.")
    var runs = "runs"

    @Option(help: "The file for the values, to be used by `attar run RECIPE --with FILE`.")
    var output = "attributes.yaml"

    func validate() throws {
        guard !(names + byLabel).isEmpty else {
            throw ValidationError("expected --names or --by-label, for example --names persona mood")
        }
        guard (1...500).contains(count) else { throw ValidationError("--count \(count): expected 1 to 500") }
    }

    func run() async throws {
        let folder = URL(filePath: output).deletingLastPathComponent()
        guard FileManager.default.isWritableFile(atPath: folder.path) else {
            throw ValidationError("--output \(output): expected a folder that can be written; \(folder.path) is none")
        }
        var options = AttributeSearch.Options(names: names, byLabel: byLabel)
        options.count = count
        let search = try AttributeSearch(try recipe.load(), runs: runs, options: options)
        let proposed = try await withInterruption {
            try await search.run { proposal in
                for line in proposal.lines { Terminal.output(line) }
            }
        }
        Terminal.output("new calls \(proposed.spending.settledCalls), from the ledger \(proposed.spending.reusedCalls)")
        try AtomicFile.write(Data(proposed.fragment.utf8), to: URL(filePath: output))
        Terminal.output("written: \(output). Look through it, then: attar run \(recipe.recipe) --with \(output)")
    }
}
