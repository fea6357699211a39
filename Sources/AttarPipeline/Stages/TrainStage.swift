import AttarData
import AttarHDF5
import AttarRuntime
import AttarTraining
import Foundation

extension Stage {
    static let checkpointFile = "checkpoints/best.h5"
    static let learningCurveFile = "learning-curve.json"

    /// dataset.h5 → checkpoints/best.h5: trains the student, the validation rows choosing the number of epochs.
    static func train() -> Stage {
        Stage(.train, reads: ["student", "train"], from: [.dataset], makes: [checkpointFile, learningCurveFile]) {
            context in
            try TrainStage(context).run()
        }
    }
}

private struct TrainStage {
    let context: StageContext
    let dataset: TextDataset
    let task: TextClassification
    let section: TrainSection
    let kernels: TrainingKernels

    init(_ context: StageContext) throws {
        self.context = context
        dataset = try DatasetFile.read(context.file(Stage.datasetFile))
        section = context.recipe.recipe.train
        task = TextClassification(context.recipe.recipe, dataset: dataset)
        kernels = try TrainingKernels()
    }

    func run() throws -> StageReport {
        let train = task.rows(of: .train, in: dataset)
        let validation = task.rows(of: .validation, in: dataset)
        var report = StageReport()
        report.count("training rows", train.count)
        report.count("validation rows", validation.count)
        let isEncoder = context.recipe.recipe.student.family == .encoder
        let limit = "student.maximum-\(isEncoder ? "tokens or student.maximum-" : "")bytes"

        var fit = try fit(rows: train, validation: validation, epochs: section.epochs, label: "choosing epochs")
        report.count("texts cut to \(limit)", fit.truncatedTexts)
        report.count("epochs", fit.epoch, because: "chosen on the validation rows, of at most \(section.epochs)")
        if let score = fit.score {
            report.measure("validation accuracy", score.accuracy)
            report.measure("validation loss", score.loss, unit: "nats")
        } else {
            report.note("There are no validation rows: all \(section.epochs) epochs were run.")
        }
        try saveLearningCurve(train: train, validation: validation, whole: fit)
        if section.refit, !validation.isEmpty {
            fit = try self.fit(
                rows: train + validation, validation: [], epochs: fit.epoch, label: "training on all rows")
            report.note("Trained anew on training and validation rows together, for as many epochs.")
        }
        report.count("parameters", fit.parameters.entries.reduce(0) { $0 + $1.rows * $1.columns })
        try save(fit)
        return report
    }

    /// A trained student, with what the validation rows said of it.
    private struct Fit {
        let parameters: ParameterStore
        let epoch: Int
        let score: ValidationScore?
        let steps: Int
        let truncatedTexts: Int
    }

    /// Trains on `rows` for `epochs` epochs of a schedule that spans `section.epochs`; the best epoch by the validation rows is kept.
    private func fit(rows: [Int], validation: [Int], epochs: Int, label: String) throws -> Fit {
        let set = task.trainingSet(of: rows, in: dataset)
        let perEpoch = (set.count + section.batch - 1) / section.batch
        let parameters = try ParameterStore(task.student.parameters, seed: UInt64(section.seed))
        let trainer = try Trainer(
            student: task.student, objective: task.objective(for: set), set: set, parameters: parameters,
            settings: TrainerSettings(
                batching: .examples(section.batch),
                optimizer: .adamw(AdamWSettings(weightDecay: Float(section.weightDecay))),
                tableOptimizer: section.tableOptimizer == .adamw
                    ? .shared : .adagrad(peakLearningRate: Float(section.tableLearningRate)),
                schedule: LearningRateSchedule(
                    peak: Float(section.learningRate), warmUpSteps: Int((section.warmUp * Double(perEpoch)).rounded()),
                    totalSteps: section.epochs * perEpoch, decay: section.schedule.decay),
                largestGradientNorm: section.clip.map { Float($0) },
                averageDecay: section.average.map { Float($0) }, seed: UInt64(section.seed)),
            kernels: kernels)
        let judged = trainer.state.average ?? parameters
        let judge = try Judge(task, rows: validation, dataset: dataset, parameters: judged, kernels: kernels.kernels)
        var stopping = EarlyStopping(patience: section.patience, rows: validation.count)
        var best = judged
        var epochsRun = 0
        for epoch in 1...epochs {
            let loss = try trainEpoch(epoch, trainer, of: epochs, label: label)
            epochsRun = epoch
            var metric: [JSONValue.Member] = [
                .init("phase", .text(label)), .init("epoch", .integer(epoch)), .init("loss", .number(Double(loss))),
            ]
            if let score = try judge.score() {
                metric += [
                    .init("validation-accuracy", .number(score.accuracy)),
                    .init("validation-loss", .number(score.loss)),
                ]
                if stopping.note(score, epoch: epoch) { best = try judged.copy() }
            }
            try context.metric(.object(metric))
            if stopping.shouldStop(after: epoch) { break }
        }
        return Fit(
            parameters: best, epoch: stopping.chosen?.epoch ?? epochsRun, score: stopping.chosen?.score,
            steps: trainer.step,
            truncatedTexts: set.features.truncatedTexts)
    }

    private func trainEpoch(_ epoch: Int, _ trainer: Trainer, of epochs: Int, label: String) throws -> Float {
        let order = trainer.order(ofEpoch: epoch)
        var sum: Float = 0
        for start in stride(from: 0, to: order.count, by: section.batch) {
            sum += try trainer.train(on: order[start..<min(start + section.batch, order.count)])
            try Task.checkCancellation()
        }
        let loss = sum / Float(trainer.stepsPerEpoch)
        try context.progress(
            epoch, of: epochs, "epochs", detail: "\(label), loss \((Double(loss) * 1000).rounded() / 1000)")
        return loss
    }

    /// Students trained on an eighth, a quarter and a half of the rows, if the recipe asks for them.
    private func saveLearningCurve(train: [Int], validation: [Int], whole: Fit) throws {
        var points: [LearningCurvePoint] = []
        if section.learningCurve, let score = whole.score {
            for divisor in [8, 4, 2] {
                // Every eighth row, not the first eighth: files are often sorted.
                let part = stride(from: 0, to: train.count, by: divisor).map { train[$0] }
                let fit = try fit(
                    rows: part, validation: validation, epochs: section.epochs, label: "with \(part.count) rows")
                points.append(point(part.count, validation.count, fit.score ?? score))
            }
            points.append(point(train.count, validation.count, score))
        }
        try AtomicFile.write(try JSONEncoder().encode(points), to: context.file(Stage.learningCurveFile))
    }

    private func point(_ rows: Int, _ judged: Int, _ score: ValidationScore) -> LearningCurvePoint {
        LearningCurvePoint(rows: rows, judged: judged, correct: Int((score.accuracy * Double(judged)).rounded()))
    }

    private func save(_ fit: Fit) throws {
        let tensors = fit.parameters.entries.enumerated().map { index, entry in
            Tensor(name: entry.name, shape: [entry.rows, entry.columns], values: fit.parameters.rowMajor(at: index))
        }
        try TensorFile.write(
            tensors: tensors,
            attributes: [
                "student": context.recipe.values(of: ["student"]).canonical,
                "labels": JSONValue.list(
                    dataset.labels.map { .text($0) }
                ).canonical,
                "epoch": "\(fit.epoch)", "step": "\(fit.steps)",
            ],
            to: context.file(Stage.checkpointFile))
    }
}

/// Scores a student on validation rows while its parameters change.
private struct Judge {
    private let inference: Inference
    private let features: PackedFeatures
    private let targets: [Float]
    private let classes: Int

    init(_ task: TextClassification, rows: [Int], dataset: TextDataset, parameters: ParameterStore, kernels: Kernels)
        throws
    {
        inference = try Inference(task.forwardGraph(), output: "logits", parameters: parameters, kernels: kernels)
        features = task.features(of: rows, in: dataset)
        targets = rows.flatMap { task.target(of: $0, in: dataset) ?? [] }
        classes = task.classes
    }

    /// Nil without rows.
    func score() throws -> ValidationScore? {
        guard features.count > 0 else { return nil }
        return ValidationScore(logits: try inference.run(features), targets: targets, classes: classes)
    }
}

extension TrainSection.Schedule {
    fileprivate var decay: LearningRateSchedule.Decay {
        switch self {
        case .constant: .constant
        case .linear: .linear
        case .cosine: .cosine
        }
    }
}

/// A student trained on a part of the rows, judged on the validation rows.
package struct LearningCurvePoint: Codable, Sendable, Equatable {
    package let rows: Int
    package let judged: Int
    package let correct: Int
}
