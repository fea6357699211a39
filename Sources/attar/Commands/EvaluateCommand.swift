import ArgumentParser
import AttarEvaluation
import AttarPipeline
import Foundation

/// attar evaluate
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Evaluates a model file on texts with right labels.",
        discussion: """
            Any model file, any table. Each look at held-out data is one more chance to fool oneself: where the model lies \
            in the folder of its run, the opening is written into run.json.
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "A .csv or .jsonl file with texts and their right labels.")
    var data: String

    @Option(help: "The column of texts in --data.")
    var textColumn = "text"

    @Option(help: "The column of labels in --data.")
    var labelColumn = "label"

    @Option(
        help: ArgumentHelp(
            "A further column of --data to group texts by, such as a source; may be repeated.", valueName: "column"))
    var slice: [String] = []

    @Option(help: "Write report.html, report.json and report.md into this folder.")
    var output: String?

    @Option(help: "Texts that the report quotes; 0 keeps texts out of it.")
    var examples = 12

    @Option(help: "Resamples behind each bootstrap interval.")
    var bootstrapDraws = 1000

    @Flag(help: "Print the figures as JSON, in the form of report.json.")
    var json = false

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
        if examples < 0 { throw ValidationError("--examples \(examples): expected 0 or more") }
        if !(100...1_000_000).contains(bootstrapDraws) {
            throw ValidationError("--bootstrap-draws \(bootstrapDraws): expected 100 to 1000000")
        }
    }

    func run() throws {
        // A folder that cannot be written is told before the data is opened.
        let folder = try output.map { try OutputFolder($0) }
        let evaluation = ModelEvaluation(
            modelPath: model, dataPath: data, textColumn: textColumn, labelColumn: labelColumn, slices: slice,
            options: EvaluationOptions(bootstrapDraws: bootstrapDraws, exampleLimit: examples))
        if evaluation.run == nil, !quiet {
            Terminal.note("attar: \(model) lies in no run: this opening of \(data) is recorded nowhere.")
        }
        let report = try evaluation.report()
        try folder?.write(report)
        guard !quiet else { return }
        if json {
            Terminal.outputBlock(String(decoding: try report.json(), as: UTF8.self))
        } else {
            let style = TerminalStyle(width: min(max(Terminal.columns, 40), 120))
            Terminal.output(report.terminalText(style))
            if let folder { Terminal.output("report   \(folder.path)/report.html") }
        }
    }
}
