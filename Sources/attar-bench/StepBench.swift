import ArgumentParser
import AttarStudents
import AttarTraining

/// attar-bench steps
struct StepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps", abstract: "Distillation steps of encoders: forward, backward, clipping, AdamW.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Only the encoder of this width.")
    var width: Int?

    func run() throws { try options.show(StepBench(options, width: width).run()) }
}

/// Training steps of encoders over generated tokens: KL divergence at temperature 2, dropout 0.1, the gradient's norm cut
/// to 1, AdamW. scripts/peers/training.py takes the same steps in PyTorch.
struct StepBench {
    private struct Configuration {
        let width, layers, feedForward, batch: Int
        /// Places a text has in a padded batch, and those that hold a token.
        let places, tokens: Int
    }

    private static let configurations = [
        Configuration(width: 128, layers: 2, feedForward: 512, batch: 64, places: 32, tokens: 24),
        Configuration(width: 256, layers: 4, feedForward: 1024, batch: 32, places: 64, tokens: 48),
    ]
    private static let vocabulary = 8192
    static let classes = 77
    static let warmUpSteps = 4

    private let options: BenchOptions
    private let configurations: [Configuration]

    init(_ options: BenchOptions, width: Int? = nil) throws {
        self.options = options
        configurations = Self.configurations.filter { width == nil || $0.width == width }
        guard !configurations.isEmpty else {
            let widths = Self.configurations.map { "\($0.width)" }.joined(separator: ", ")
            throw ValidationError("There is no encoder of width \(width ?? 0); there are \(widths).")
        }
    }

    func run() throws -> StepFigures {
        StepFigures(
            steps: try configurations.flatMap { configuration in
                // All are warm before the first is timed, and they take turns.
                let trainers = try options.threadCounts.map { try trainer(configuration, threads: $0) }
                for trainer in trainers {
                    for _ in 0..<Self.warmUpSteps { _ = try trainer.next() }
                }
                var times = trainers.map { _ in [Double]() }
                for _ in 0..<options.runs {
                    for (index, trainer) in trainers.enumerated() {
                        times[index].append(try seconds { _ = try trainer.next() })
                    }
                }
                return zip(trainers, times).map { figures(configuration, $0, seconds: median($1)) }
            })
    }

    private func trainer(_ configuration: Configuration, threads: Int) throws -> Trainer {
        let examples = 8 * configuration.batch
        var random = RandomNumbers(seed: 1)
        return try Trainer(
            encoder: EncoderStudent(
                vocabulary: Self.vocabulary, longest: configuration.places, width: configuration.width,
                layers: configuration.layers, heads: 4, feedForward: configuration.feedForward, classes: Self.classes,
                pooling: .mean, dropout: 0.1),
            features: PackedFeatures(
                tokens: (0..<(examples * configuration.tokens)).map { _ in UInt32(random.below(Self.vocabulary)) },
                offsets: (0...examples).map { $0 * configuration.tokens }),
            batch: configuration.batch, threads: threads)
    }

    private func figures(
        _ configuration: Configuration, _ trainer: Trainer, seconds: Double
    ) -> StepFigures.Step {
        StepFigures.Step(
            width: configuration.width, layers: configuration.layers, feedForward: configuration.feedForward,
            batch: configuration.batch, places: configuration.places, tokens: configuration.tokens,
            threads: trainer.pool.threads, milliseconds: seconds * 1e3,
            tokensPerSecond: Double(configuration.batch * configuration.tokens) / seconds)
    }
}

extension Trainer {
    /// A trainer towards generated soft labels.
    convenience init(encoder: EncoderStudent, features: PackedFeatures, batch: Int, threads: Int) throws {
        var random = RandomNumbers(seed: 2)
        let set = TrainingSet(
            features: features, classes: encoder.classes,
            softTargets: random.probabilities(rows: features.count, classes: encoder.classes),
            softWeights: [Float](repeating: 1, count: features.count))
        let settings = TrainerSettings(
            batching: .examples(batch), optimizer: .adamw(AdamWSettings(weightDecay: 0.01)),
            schedule: LearningRateSchedule(peak: 1e-3, warmUpSteps: 0, totalSteps: 1, decay: .constant),
            largestGradientNorm: 1, seed: 1, threads: threads)
        try self.init(
            student: encoder,
            objective: DistillationObjective(temperature: 2, usesSoftLabels: true, usesGoldLabels: false), set: set,
            parameters: ParameterStore(encoder.parameters, seed: 1), settings: settings, kernels: TrainingKernels())
    }
}

struct StepFigures: Figures {
    struct Step: Encodable {
        let width, layers, feedForward, batch, places, tokens, threads: Int
        let milliseconds, tokensPerSecond: Double
    }

    let steps: [Step]

    var lines: [String] {
        ["Steps of encoders", "threads    encoder             batch      ms a step   tokens/s"]
            + steps.map { step in
                let encoder = "\(step.layers) × \(step.width), ff \(step.feedForward)".padded(to: 20)
                let batch = "\(step.batch) × \(step.tokens)".padded(to: 10)
                return step.threads.text(width: 7) + "    " + encoder + batch + step.milliseconds.text(2, width: 10)
                    + step.tokensPerSecond.text(0, width: 11)
            }
    }
}
