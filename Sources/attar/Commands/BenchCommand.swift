import ArgumentParser
import AttarEvaluation
import AttarPipeline
import AttarRuntime
import Foundation

/// attar bench
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures a model file on this machine: opening, latency, throughput, memory, energy.",
        discussion: "Figures are medians; they mean something on a machine that does nothing else.")

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "A .csv, .jsonl or .txt file with texts such as the model will get. Default: invented ones.")
    var texts: String?

    @Option(help: "The column of texts in --texts.")
    var textColumn = "text"

    @Option(help: "Predictions behind each figure.")
    var samples = 20_000

    @Option(help: "Most threads. Default: one a core.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard samples > 0 else { throw ValidationError("--samples \(samples): expected 1 or more") }
        guard threads > 0 else { throw ValidationError("--threads \(threads): expected 1 or more") }
    }

    func run() throws {
        var given: [String] = []
        if let texts { try TextStream(path: texts, textColumn: textColumn).read { given.append($0) } }
        let benchmark = try benchmark(model, texts: given, samples: samples, threads: threads)
        guard json else { return benchmark.lines.forEach(Terminal.output) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        Terminal.output(String(decoding: try encoder.encode(benchmark), as: UTF8.self))
    }
}
