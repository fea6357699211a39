import ArgumentParser
import Foundation

/// Results that are shown as text or as JSON.
protocol Figures: Encodable {
    var lines: [String] { get }
}

/// What every measurement takes.
struct BenchOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Most threads; by default one a core.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Timed runs behind each median.")
    var runs = 15

    func validate() throws {
        guard threads > 0 else { throw ValidationError("--threads is \(threads); at least 1 is needed.") }
        guard runs > 0 else { throw ValidationError("--runs is \(runs); at least 1 is needed.") }
    }

    /// One thread, and all of them.
    var threadCounts: [Int] { threads > 1 ? [1, threads] : [1] }

    func show(_ figures: some Figures) throws {
        guard json else { return print(figures.lines.joined(separator: "\n")) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }
}

/// Where public data sets lie.
struct DatasetOptions: ParsableArguments {
    @Option(help: "Folder of data sets, as fetched by scripts/fetch-dataset; by default ATTAR_DATASETS.")
    var datasets: String?

    var folder: URL? {
        (datasets ?? ProcessInfo.processInfo.environment["ATTAR_DATASETS"]).map { URL(filePath: $0) }
    }

    func required() throws -> URL {
        guard let folder else {
            throw ValidationError("Where are the data sets? Give --datasets, or set ATTAR_DATASETS.")
        }
        return folder
    }
}
