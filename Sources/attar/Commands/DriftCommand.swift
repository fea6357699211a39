import ArgumentParser
import AttarEvaluation
import AttarPipeline
import Foundation

/// attar drift
struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Tells whether texts are of another kind than those that a model was made for.",
        discussion: """
            Needs no labels. The model file holds how it answered its calibration rows; what it answers to the texts is \
            compared with that. Ends with 3 where the drift is strong, so that a scheduled job can raise the alarm.
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "Texts as they come in: a .csv, .jsonl or .txt file.")
    var traffic: String

    @Option(help: "The column of texts in the file.")
    var textColumn = "text"

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let figures = try Drift(modelPath: model, textsPath: traffic, textColumn: textColumn).figures
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Terminal.output(String(decoding: try encoder.encode(figures), as: UTF8.self))
        } else {
            Terminal.output(figures.terminalText(TerminalStyle(width: min(max(Terminal.columns, 40), 120))))
        }
        if figures.level == .strong { throw ExitCode(ExitStatus.drift) }
    }
}
