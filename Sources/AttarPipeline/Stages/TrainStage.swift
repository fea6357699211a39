import AttarData
import AttarHDF5
import AttarRuntime
import AttarTraining
import Foundation

extension Stage {
    static let checkpointFile = "checkpoints/best.h5"
    static let learningCurveFile = "learning-curve.json"

    /// The checkpoint of one of `evaluate.more-seeds`.
    static func checkpointFile(seed: Int) -> String { "checkpoints/seed-\(seed).h5" }

    /// dataset.h5 → checkpoints/best.h5: trains the student, the validation rows choosing the number of epochs.
    static func train(_ recipe: LoadedRecipe) -> Stage {
        Stage(
            .train, reads: ["student", "train", "evaluate.more-seeds", "data.light-edits", "synthesis.keep"],
            from: [.data, .dataset], revision: 2,
            makes: [checkpointFile, learningCurveFile]
                + recipe.recipe.evaluate.moreSeeds.map { checkpointFile(seed: $0) }
        ) { context in
            try TrainStage(context).run()
        }
    }
}

private struct TrainStage {
    let context: StageContext
    let training: TrainingDataset
    var dataset: TextDataset { training.dataset }
    let task: TextClassification
    let section: TrainSection
    let kernels: TrainingKernels

    init(_ context: StageContext) throws {
        self.context = context
        training = try TrainingDataset.read(
            context.file(Stage.datasetFile), heldOut: try Stage.fingerprint(in: context))
        section = context.recipe.recipe.train
        task = TextClassification(context.recipe.recipe, dataset: training.dataset)
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

        var fit = try self.fit(
            rows: train, validation: validation, epochs: section.epochs, label: "choosing epochs")
        report.count("texts cut to \(limit)", fit.truncatedTexts)
        report.count("epochs", fit.epoch, because: "chosen on the validation rows, of at most \(section.epochs)")
        if let score = fit.score {
            report.measure("validation accuracy", score.accuracy)
            report.measure("validation loss", score.loss, unit: "nats")
        } else {
            report.note("There are no validation rows: all \(section.epochs) epochs were run.")
        }
        try saveLearningCurve(train: train, validation: validation, whole: fit)
        let isRefitted = section.refit && !validation.isEmpty
        let epoch = fit.epoch
        if isRefitted {
            fit = try self.fit(rows: train + validation, epochs: epoch, label: "training on all rows")
            report.note("Trained anew on training and validation rows together, for as many epochs.")
        }
        report.count("bytes of memory planned", fit.plannedBytes)
        report.count("parameters", fit.parameters.entries.reduce(0) { $0 + $1.rows * $1.columns })
        try save(fit, as: Stage.checkpointFile)
        for seed in context.recipe.recipe.evaluate.moreSeeds {
            // What ships is trained on all rows, for as many epochs as its own seed has chosen: so are these.
            fit = try self.fit(
                rows: isRefitted ? train + validation : train, validation: isRefitted ? [] : validation,
                epochs: isRefitted ? epoch : section.epochs, label: "with seed \(seed)", seed: seed)
            try save(fit, as: Stage.checkpointFile(seed: seed))
        }
        return report
    }

    /// A trained student, with what the validation rows said of it.
    private struct Fit {
        let parameters: ParameterStore
        let epoch: Int
        let score: ValidationScore?
        let steps: Int
        /// Memory of parameters, optimizer, gradients and shards.
        let plannedBytes: Int
        let truncatedTexts: Int
    }

    /// Trains on `rows` for `epochs` epochs of a schedule that spans `section.epochs`; the best epoch by the validation rows
    /// is kept. Goes on from the last checkpoint of a process that was stopped here.
    private func fit(
        rows: [Int], validation: [Int] = [], epochs: Int, label: String, seed: Int? = nil
    ) throws -> Fit {
        let set = task.trainingSet(of: rows, in: training)
        let objective = task.objective(for: set)
        let settings = settings(set.features, epochs: epochs, seed: seed ?? section.seed)
        var plan = TrainingPlan.nothing
        if set.count > 0 {
            plan = try TrainingPlan(
                student: task.student, objective: objective, features: set.features, settings: settings)
            if !validation.isEmpty { plan.bestBytes = plan.parameterBytes }
            context.note("Memory for \(label), planned: \(plan).")
            try plan.check(settings)
        }
        let parameters = try ParameterStore(task.student.parameters, seed: settings.seed)
        let trainer = try Trainer(
            student: task.student, objective: objective, set: set, parameters: parameters, settings: settings,
            kernels: kernels)
        let judged = trainer.state.average ?? parameters
        let judge = try Judge(task, rows: validation, dataset: dataset, parameters: judged, kernels: kernels.kernels)
        let folder = checkpoints(of: label)
        var notes =
            try resume(trainer, from: folder)
            ?? RunNotes(stopping: EarlyStopping(patience: section.patience, rows: validation.count))
        // Of the epoch under way.
        var lossSum = notes.texts[Self.lossSum].flatMap(UInt32.init).map(Float.init(bitPattern:)) ?? 0
        while let step = try trainer.next() {
            lossSum += step.loss
            if step.endsEpoch {
                let isLast = try finishEpoch(
                    step, loss: lossSum / Float(step.stepsInEpoch), score: try judge.score(), judged: judged,
                    notes: &notes, of: epochs, label: label)
                if isLast { break }
                lossSum = 0
            }
            let isCancelled = Task.isCancelled
            if isCancelled || folder.isDue(after: step.step) {
                notes.texts[Self.lossSum] = "\(lossSum.bitPattern)"
                try folder.save(trainer, notes: notes)
            }
            if isCancelled { throw CancellationError() }
        }
        let chosen = notes.stopping?.chosen
        return Fit(
            parameters: notes.chosen ?? judged, epoch: chosen?.epoch ?? trainer.state.epoch, score: chosen?.score,
            steps: trainer.step, plannedBytes: plan.bytes, truncatedTexts: set.features.truncatedTexts)
    }

    private func settings(_ features: PackedFeatures, epochs: Int, seed: Int) -> TrainerSettings {
        var settings = TrainerSettings(
            batching: section.batchTokens.map { .tokens($0) } ?? .examples(section.batch),
            accumulation: section.accumulation ?? 1, optimizer: section.weightOptimizer,
            tableOptimizer: section.tableOptimizer == .shared
                ? .shared : .adagrad(peakLearningRate: Float(section.tableLearningRate)),
            schedule: LearningRateSchedule(
                peak: Float(section.learningRate), warmUpSteps: 0, totalSteps: 0, decay: section.schedule.decay),
            largestGradientNorm: section.clip.map { Float($0) }, averageDecay: section.average.map { Float($0) },
            epochs: epochs, seed: UInt64(seed))
        let order = BatchOrder(features, settings: settings)
        settings.schedule.warmUpSteps = Int((section.warmUp * Double(order.steps(inEpochs: 1))).rounded())
        settings.schedule.totalSteps = order.steps(inEpochs: section.epochs)
        return settings
    }

    /// Notes what an epoch came to; true where early stopping ends the run with it.
    private func finishEpoch(
        _ step: TrainingStep, loss: Float, score: ValidationScore?, judged: ParameterStore, notes: inout RunNotes,
        of epochs: Int, label: String
    ) throws -> Bool {
        let rounded = (Double(loss) * 1000).rounded() / 1000
        context.show(step.epoch, of: epochs, "epochs", detail: "\(label), loss \(rounded)")
        var metric: [JSONValue.Member] = [
            .init("phase", .text(label)), .init("epoch", .integer(step.epoch)), .init("loss", .number(Double(loss))),
        ]
        if let score {
            metric += [
                .init("validation-accuracy", .number(score.accuracy)), .init("validation-loss", .number(score.loss)),
            ]
            if notes.stopping?.note(score, epoch: step.epoch) == true {
                // The old one first: memory is planned for one.
                notes.chosen = nil
                notes.chosen = try judged.copy()
            }
        }
        try context.metric(.object(metric))
        return notes.stopping?.shouldStop(after: step.epoch) ?? false
    }

    // MARK: Going on

    /// The note that keeps the losses of the epoch under way, as the bits of their sum.
    private static let lossSum = "loss-sum"
    /// Some seconds of work at most.
    private static let stepsBetweenCheckpoints = 200

    private func checkpoints(of label: String) -> CheckpointFolder {
        CheckpointFolder(
            context.unfinished.appending(path: label.replacing(" ", with: "-"), directoryHint: .isDirectory),
            interval: Self.stepsBetweenCheckpoints, kept: 2, recipe: ["phase": label])
    }

    /// Nil, and nothing done, where there is no checkpoint, or one that cannot be gone on from.
    private func resume(_ trainer: Trainer, from folder: CheckpointFolder) throws -> RunNotes? {
        do {
            var damaged: [String] = []
            let notes = try folder.resume(trainer) { file, _ in damaged.append(file.lastPathComponent) }
            if !damaged.isEmpty { context.note("Checkpoints that are damaged: \(damaged.joined(separator: ", ")).") }
            if notes != nil { context.note("Training goes on after step \(trainer.step).") }
            return notes
        } catch let error as CheckpointError {
            context.note("Training starts anew: \(errorText(error))")
            try FileManager.default.removeItem(at: folder.url)
            return nil
        }
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

    private func save(_ fit: Fit, as name: String) throws {
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
            to: context.file(name))
    }
}

/// A student trained on a part of the rows, judged on the validation rows.
package struct LearningCurvePoint: Codable, Sendable, Equatable {
    package let rows: Int
    package let judged: Int
    package let correct: Int
}
