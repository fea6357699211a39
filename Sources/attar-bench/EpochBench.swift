import ArgumentParser
import AttarData
import AttarHDF5
import AttarStudents
import AttarTraining
import Foundation

/// attar-bench epoch
struct EpochCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epoch", abstract: "One epoch of an encoder over the texts of banking77, at their real lengths.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var datasets: DatasetOptions

    @Option(help: "HDF5 file to write with the tokens, for scripts/peers/training.py; nothing is measured then.")
    var tokens: String?

    func run() throws {
        let bench = try EpochBench(options, folder: datasets.required())
        guard let tokens else { return try options.show(bench.run()) }
        try bench.writeTokens(to: URL(filePath: tokens))
    }
}

/// An encoder of width 128 with two layers, batches of 64 texts; the steps are those of `StepBench`.
struct EpochBench {
    private static let vocabulary = 8192
    private static let longest = 128
    private static let batch = 64

    private let options: BenchOptions
    private let features: PackedFeatures

    init(_ options: BenchOptions, folder: URL) throws {
        self.options = options
        let file = folder.appending(path: "banking77/train.csv")
        var (ids, offsets): ([UInt32], [Int]) = ([], [0])
        for row in try TextTable.read(file, textColumn: "text", labelColumn: nil) {
            let words = row.text.lowercased().split { !$0.isLetter && !$0.isNumber }
            for word in words.prefix(Self.longest) {
                ids.append(UInt32(StableHash.hash(String(word)) % UInt64(Self.vocabulary)))
            }
            offsets.append(ids.count)
        }
        features = PackedFeatures(tokens: ids, offsets: offsets)
    }

    func run() throws -> EpochFigures {
        let epochs = try options.threadCounts.map { threads in
            let trainer = try Trainer(
                encoder: EncoderStudent(
                    vocabulary: Self.vocabulary, longest: Self.longest, width: 128, layers: 2, heads: 4,
                    feedForward: 512, classes: StepBench.classes, pooling: .mean, dropout: 0.1),
                features: features, batch: Self.batch, threads: threads)
            for _ in 0..<StepBench.warmUpSteps { _ = try trainer.train(on: Array(0..<Self.batch)[...]) }
            var tokens = 0
            let time = try seconds {
                while let step = try trainer.next() {
                    tokens += step.elements
                    if step.endsEpoch { break }
                }
            }
            return EpochFigures.Epoch(threads: threads, seconds: time, tokensPerSecond: Double(tokens) / time)
        }
        return EpochFigures(texts: features.count, tokens: features.ids.count, batch: Self.batch, epochs: epochs)
    }

    func writeTokens(to url: URL) throws {
        try HDF5File.create(at: url) { root throws(HDF5Error) in
            try root.setAttribute("batch", to: Int64(Self.batch))
            try root.setAttribute("longest", to: Int64(Self.longest))
            try root.writeNumbers(features.ids.map(Int64.init), shape: [features.ids.count], named: "ids")
            try root.writeNumbers(features.offsets.map(Int64.init), shape: [features.offsets.count], named: "offsets")
        }
    }
}

struct EpochFigures: Figures {
    struct Epoch: Encodable {
        let threads: Int
        let seconds, tokensPerSecond: Double
    }

    let texts, tokens, batch: Int
    let epochs: [Epoch]

    var lines: [String] {
        ["An epoch of banking77: \(texts) texts, \(tokens) tokens, batches of \(batch); encoder 2 × 128, ff 512"]
            + epochs.map { epoch in
                "\(epoch.threads.text(width: 7)) threads \(epoch.seconds.text(2, width: 8)) s"
                    + "\(epoch.tokensPerSecond.text(0, width: 10)) tokens/s"
            }
    }
}
