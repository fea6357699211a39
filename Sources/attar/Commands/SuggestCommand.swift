import ArgumentParser
import AttarPipeline

/// attar suggest
struct SuggestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest", abstract: "Tells which texts are most worth a label by hand.",
        discussion: """
            Those that the model of a run is least sure of, and that are unlike each other. Texts that have labels, near copies and \
            held-out texts are left out.
            """)

    @Argument(help: "The folder of a run, or its recipe.")
    var path: String

    @Option(help: "How many texts.")
    var count = 50

    @Option(help: "Texts to choose from: a .csv, .jsonl or .txt file. Default: the run's texts without right labels.")
    var pool: String?

    @Option(help: "Write them as a table with an empty column for the label: .csv or .jsonl.")
    var output: String?

    @Option(help: "The folder of all runs.")
    var runs = "runs"

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if count < 1 { throw ValidationError("--count \(count): expected 1 or more") }
    }

    func run() throws {
        let found = try LabelSuggestions(path: path, runs: runs, pool: pool, count: count)
        if let output { try found.write(to: output) }
        if json {
            Terminal.output(found.json.pretty)
        } else {
            if output == nil {
                for suggestion in found.suggestions {
                    Terminal.output("\(suggestion.text)\n    \(suggestion.why)")
                }
            }
            for line in found.story(writtenTo: output) { Terminal.note(line) }
        }
    }
}
