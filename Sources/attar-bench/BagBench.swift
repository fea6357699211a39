import ArgumentParser
import AttarData
import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTraining
import Foundation

/// attar-bench bag
struct BagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bag", abstract: "Trains the bag student on banking77 up to its best validation accuracy.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var datasets: DatasetOptions

    func run() throws {
        try options.show(BagBench(options, folder: datasets.required()).run())
    }
}

/// Texts to n-grams, and training with the settings of recipes/banking77.yaml, with a validation after each epoch. A
/// twentieth of the training rows is for validation.
struct BagBench {
    private static let epochs = 16
    private static let batch = 32
    private static let featurizer = NGramFeaturizer(buckets: 14_000)

    private let options: BenchOptions
    private let rows: (train: [LabelledText], validation: [LabelledText], test: [LabelledText])
    private let labels: [String]

    init(_ options: BenchOptions, folder: URL) throws {
        self.options = options
        func read(_ name: String) throws -> [LabelledText] {
            try TextTable.read(
                folder.appending(path: "banking77").appending(path: name), textColumn: "text", labelColumn: "label")
        }
        let all = try read("train.csv")
        // The file is sorted by label, so every twentieth row has each of them.
        rows.train = all.indices.filter { $0 % 20 != 0 }.map { all[$0] }
        rows.validation = all.indices.filter { $0 % 20 == 0 }.map { all[$0] }
        rows.test = try read("test.csv")
        labels = Set(all.compactMap(\.label)).sorted()
    }

    func run() throws -> BagFigures {
        var sets: [TrainingSet] = []
        let featurizing = seconds { sets = [rows.train, rows.validation].map(set) }
        let student = BagStudent(
            buckets: Self.featurizer.rows, width: 64, hidden: 0, classes: labels.count, featureDropout: 0.5,
            dropout: 0.1)
        let stepsPerEpoch = (sets[0].count + Self.batch - 1) / Self.batch
        let settings = TrainerSettings(
            batching: .examples(Self.batch), optimizer: .adamw(AdamWSettings()),
            schedule: LearningRateSchedule(
                peak: 0.005, warmUpSteps: stepsPerEpoch, totalSteps: Self.epochs * stepsPerEpoch, decay: .linear),
            epochs: Self.epochs, seed: 1, threads: options.threads)
        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: false))
        var best: (score: ValidationScore, seconds: Double, epoch: Int, parameters: ParameterStore)?
        let start = ContinuousClock.now
        let training = try seconds {
            let trainer = try Trainer(
                student: student,
                objective: DistillationObjective(temperature: 1, usesSoftLabels: false, usesGoldLabels: true),
                set: sets[0], parameters: ParameterStore(student.parameters, seed: 1), settings: settings,
                kernels: TrainingKernels())
            let judge = try Inference(
                graph, output: "logits", parameters: trainer.parameters, kernels: Kernels(), pool: trainer.pool)
            while let step = try trainer.next() {
                guard step.endsEpoch else { continue }
                let score = try self.score(judge, sets[1])
                if best.map({ score.isBetter(than: $0.score) }) ?? true {
                    let elapsed = start.duration(to: .now) / .seconds(1)
                    best = (score, elapsed, step.epoch, try trainer.parameters.copy())
                }
            }
        }
        guard let best else { preconditionFailure("there is at least one epoch") }
        let tester = try Inference(graph, output: "logits", parameters: best.parameters, kernels: Kernels())
        return BagFigures(
            threads: options.threads, featurizingSeconds: featurizing, bestSeconds: featurizing + best.seconds,
            bestEpoch: best.epoch, allSeconds: featurizing + training, epochs: Self.epochs,
            validationAccuracy: best.score.accuracy, testAccuracy: try score(tester, set(rows.test)).accuracy)
    }

    private func set(_ rows: [LabelledText]) -> TrainingSet {
        TrainingSet(
            features: PackedFeatures(rows.map(\.text), featurizer: Self.featurizer), classes: labels.count,
            goldTargets: rows.flatMap { row in labels.map { $0 == row.label ? Float(1) : 0 } },
            goldWeights: [Float](repeating: 1, count: rows.count))
    }

    private func score(_ inference: Inference, _ set: TrainingSet) throws -> ValidationScore {
        ValidationScore(logits: try inference.run(set.features), targets: set.goldTargets, classes: set.classes)
    }
}

struct BagFigures: Figures {
    let threads: Int
    let featurizingSeconds: Double
    /// From texts in memory to the end of the best epoch, and of the last.
    let bestSeconds: Double
    let bestEpoch: Int
    let allSeconds: Double
    let epochs: Int
    let validationAccuracy, testAccuracy: Double

    var lines: [String] {
        [
            "bag on banking77, \(threads) threads: \(bestSeconds.text(2)) s to the best validation accuracy",
            "    \(validationAccuracy.text(4)) on validation rows after epoch \(bestEpoch), \(testAccuracy.text(4)) on "
                + "test rows; all \(epochs) epochs \(allSeconds.text(2)) s, of it \(featurizingSeconds.text(2)) s n-grams",
        ]
    }
}
