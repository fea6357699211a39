import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining

/// A small task that can be learned: each class has words of its own beside common ones.
struct TrainingFixture {
    static let classes = 3

    let texts: [String]
    let gold: [Int]
    let featurizer = NGramFeaturizer(buckets: 211, wordLength: 2, shortestCharacters: 3, longestCharacters: 4)
    var set: TrainingSet

    /// - Parameter empty: share of texts without any feature.
    init(examples: Int = 57, soft: Bool = false, empty: Double = 0.05, seed: UInt64 = 1) {
        var random = SeededRandom(seed: seed)
        let own = [["refund", "money", "charge"], ["card", "lost", "stolen"], ["app", "login", "crash"]]
        let common = ["please", "my", "the", "help", "today", "again", "why"]
        var (texts, gold): ([String], [Int]) = ([], [])
        for _ in 0..<examples {
            let label = random.below(Self.classes)
            let words = (0..<random.whole(in: 2...7)).map { _ in
                random.happens(0.5) ? random.pick(own[label]) : random.pick(common)
            }
            texts.append(random.happens(empty) ? " " : words.joined(separator: " "))
            gold.append(label)
        }
        self.texts = texts
        self.gold = gold
        let targets = gold.flatMap { label in (0..<Self.classes).map { $0 == label ? Float(1) : 0 } }
        let softTargets = soft ? targets.map { $0 * 0.75 + 0.25 / Float(Self.classes) } : []
        set = TrainingSet(
            features: PackedFeatures(texts, featurizer: featurizer), classes: Self.classes,
            softTargets: softTargets,
            softWeights: soft
                ? (0..<examples).map { _ in random.happens(0.2) ? 0 : 1 + random.float(within: 0.5) } : [],
            goldTargets: targets,
            goldWeights: (0..<examples).map { _ in random.happens(0.2) ? 0 : 1 + random.float(within: 0.5) })
    }

    func student(hidden: Int = 0, dropout: Float = 0) -> BagStudent {
        BagStudent(
            buckets: featurizer.buckets, width: 17, hidden: hidden, classes: Self.classes, featureDropout: dropout,
            dropout: dropout)
    }

    /// A trainer at its start.
    func trainer(
        _ student: BagStudent, settings: TrainerSettings, kernels: String? = nil, soft: Bool = false
    ) throws -> Trainer {
        try Trainer(
            student: student,
            objective: DistillationObjective(temperature: 2, usesSoftLabels: soft, usesGoldLabels: true), set: set,
            parameters: ParameterStore(student.parameters, seed: settings.seed), settings: settings,
            kernels: TrainingKernels(named: kernels))
    }
}

extension TrainerSettings {
    /// Settings under which rounding is not blown up: updates are smooth in the gradients.
    static func small(
        batch: Int = 20, tableOptimizer: TableOptimizer = .shared, seed: UInt64 = 1, threads: Int = 1,
        peak: Float = 0.02
    ) -> TrainerSettings {
        TrainerSettings(
            batching: .examples(batch), optimizer: .adamw(AdamWSettings(epsilon: 1e-3, weightDecay: 0.01)),
            tableOptimizer: tableOptimizer,
            schedule: LearningRateSchedule(peak: peak, warmUpSteps: 3, totalSteps: 40, decay: .linear), seed: seed,
            threads: threads)
    }

    /// Examples of a step.
    var batchExamples: Int {
        switch batching {
        case .examples(let count): count * accumulation
        case .tokens: preconditionFailure("the number of examples varies")
        }
    }
}

extension Trainer {
    /// Runs epochs and gives the loss of each step.
    @discardableResult
    func run(epochs: Int) throws -> [Float] {
        var losses: [Float] = []
        for epoch in 0..<epochs {
            let order = order(ofEpoch: epoch)
            for start in stride(from: 0, to: order.count, by: settings.batchExamples) {
                losses.append(try train(on: order[start..<min(start + settings.batchExamples, order.count)]))
            }
        }
        return losses
    }

    /// The bits of every parameter.
    var bits: [[UInt32]] {
        parameters.entries.indices.map { parameters.rowMajor(at: $0).map(\.bitPattern) }
    }
}
