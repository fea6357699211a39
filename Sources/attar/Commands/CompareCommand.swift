import ArgumentParser
import AttarEvaluation
import AttarPipeline
import Foundation

/// attar compare
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares the models of runs on the held-out rows that all were evaluated on.",
        discussion: """
            Differences are paired: the same rows, answered by both. The first run is what the others are compared with.
            """)

    @Argument(help: "Folders of runs, such as runs/banking77; two or more.")
    var runs: [String]

    @Option(help: "Resamples behind each interval.")
    var bootstrapDraws = 1000

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if runs.count < 2 { throw ValidationError("expected two runs or more; found \(runs.count)") }
        if Set(runs).count < runs.count { throw ValidationError("expected each run once") }
        if !(100...1_000_000).contains(bootstrapDraws) {
            throw ValidationError("--bootstrap-draws \(bootstrapDraws): expected 100 to 1000000")
        }
    }

    func run() throws {
        let comparison = try comparison(ofRuns: runs, options: EvaluationOptions(bootstrapDraws: bootstrapDraws))
        guard !json else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Terminal.output(String(decoding: try encoder.encode(comparison), as: UTF8.self))
        }
        Terminal.output(comparison.terminalText(TerminalStyle(width: min(max(Terminal.columns, 40), 120))))
    }
}
