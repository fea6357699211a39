import AttarData
import AttarRuntime
import AttarTraining
import Foundation

/// Trains students on rows of a dataset: those that ship, and the quick ones of rounds.
struct StudentTraining {
    let task: TextClassification
    let training: TrainingDataset
    let section: TrainSection
    let kernels: TrainingKernels

    var dataset: TextDataset { training.dataset }

    /// Trains for `epochs` epochs of a schedule that spans `span`; the best epoch by the validation rows is kept.
    ///
    /// - Parameters:
    ///   - span: nil is `train.epochs`.
    ///   - checkpoints: where training goes on from, if it was stopped there; nil keeps none.
    ///   - label: names it in notes.
    ///   - note: is told what training takes of memory, and where it goes on.
    ///   - watch: is told each epoch's last step, mean loss and score.
    func fit(
        rows: [Int], validation: [Int] = [], epochs: Int, span: Int? = nil, seed: Int,
        checkpoints: CheckpointFolder? = nil, label: String = "a student", note: (String) -> Void = { _ in },
        watch: (TrainingStep, Float, ValidationScore?) throws -> Void = { _, _, _ in }
    ) throws -> StudentFit {
        let set = task.trainingSet(of: rows, in: training)
        let objective = task.objective(for: set)
        let settings = settings(set.features, epochs: epochs, span: span ?? section.epochs, seed: seed)
        var plan = TrainingPlan.nothing
        if set.count > 0 {
            plan = try TrainingPlan(
                student: task.student, objective: objective, features: set.features, settings: settings)
            if !validation.isEmpty { plan.bestBytes = plan.parameterBytes }
            note("Memory for \(label), planned: \(plan).")
            try plan.check(settings)
        }
        let parameters = try ParameterStore(task.student.parameters, seed: settings.seed)
        let trainer = try Trainer(
            student: task.student, objective: objective, set: set, parameters: parameters, settings: settings,
            kernels: kernels)
        let judged = trainer.state.average ?? parameters
        let judge = try Judge(task, rows: validation, dataset: dataset, parameters: judged, kernels: kernels.kernels)
        var notes =
            try checkpoints.flatMap { try resume(trainer, from: $0, note: note) }
            ?? RunNotes(stopping: EarlyStopping(patience: section.patience, rows: validation.count))
        // Of the epoch under way.
        var lossSum = notes.texts[Self.lossSum].flatMap(UInt32.init).map(Float.init(bitPattern:)) ?? 0
        while let step = try trainer.next() {
            lossSum += step.loss
            if step.endsEpoch {
                let score = try judge.score()
                try watch(step, lossSum / Float(step.stepsInEpoch), score)
                if let score, notes.stopping?.note(score, epoch: step.epoch) == true {
                    // The old one first: memory is planned for one.
                    notes.chosen = nil
                    notes.chosen = try judged.copy()
                }
                if notes.stopping?.shouldStop(after: step.epoch) ?? false { break }
                lossSum = 0
            }
            let isCancelled = Task.isCancelled
            if let checkpoints, isCancelled || checkpoints.isDue(after: step.step) {
                notes.texts[Self.lossSum] = "\(lossSum.bitPattern)"
                try checkpoints.save(trainer, notes: notes)
            }
            if isCancelled { throw CancellationError() }
        }
        let chosen = notes.stopping?.chosen
        return StudentFit(
            parameters: notes.chosen ?? judged, epoch: chosen?.epoch ?? trainer.state.epoch, score: chosen?.score,
            steps: trainer.step, plannedBytes: plan.bytes, truncatedTexts: set.features.truncatedTexts)
    }

    private func settings(_ features: PackedFeatures, epochs: Int, span: Int, seed: Int) -> TrainerSettings {
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
        settings.schedule.totalSteps = order.steps(inEpochs: span)
        return settings
    }

    /// The note that keeps the losses of the epoch under way, as the bits of their sum.
    private static let lossSum = "loss-sum"

    /// Nil, and nothing done, where there is no checkpoint, or one that cannot be gone on from.
    private func resume(
        _ trainer: Trainer, from folder: CheckpointFolder, note: (String) -> Void
    ) throws -> RunNotes? {
        do {
            var damaged: [String] = []
            let notes = try folder.resume(trainer) { file, _ in damaged.append(file.lastPathComponent) }
            if !damaged.isEmpty { note("Checkpoints that are damaged: \(damaged.joined(separator: ", ")).") }
            if notes != nil { note("Training goes on after step \(trainer.step).") }
            return notes
        } catch let error as CheckpointError {
            note("Training starts anew: \(errorText(error))")
            try FileManager.default.removeItem(at: folder.url)
            return nil
        }
    }
}

/// A trained student, with what the validation rows said of it.
struct StudentFit {
    let parameters: ParameterStore
    let epoch: Int
    let score: ValidationScore?
    let steps: Int
    /// Memory of parameters, optimizer, gradients and shards.
    let plannedBytes: Int
    let truncatedTexts: Int
}
