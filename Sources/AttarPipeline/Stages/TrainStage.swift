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
    let training: StudentTraining
    var dataset: TextDataset { training.dataset }
    var section: TrainSection { training.section }

    init(_ context: StageContext) throws {
        self.context = context
        let recipe = context.recipe.recipe
        let dataset = try TrainingDataset.read(
            context.file(Stage.datasetFile), heldOut: try Stage.fingerprint(in: context))
        training = StudentTraining(
            task: TextClassification(recipe, dataset: dataset.dataset), training: dataset, section: recipe.train,
            kernels: try TrainingKernels())
    }

    func run() throws -> StageReport {
        let train = training.task.rows(of: .train, in: dataset)
        let validation = training.task.rows(of: .validation, in: dataset)
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

    /// Trains on `rows`; the best epoch by the validation rows is kept. Goes on from the last checkpoint of a process that was
    /// stopped here.
    private func fit(
        rows: [Int], validation: [Int] = [], epochs: Int, label: String, seed: Int? = nil
    ) throws -> StudentFit {
        let folder = CheckpointFolder(
            context.unfinished.appending(path: label.replacing(" ", with: "-"), directoryHint: .isDirectory),
            interval: Self.stepsBetweenCheckpoints, kept: 2, recipe: ["phase": label])
        return try training.fit(
            rows: rows, validation: validation, epochs: epochs, seed: seed ?? section.seed, checkpoints: folder,
            label: label, note: context.note,
            watch: { step, loss, score in
                let rounded = (Double(loss) * 1000).rounded() / 1000
                context.show(step.epoch, of: epochs, "epochs", detail: "\(label), loss \(rounded)")
                var metric: [JSONValue.Member] = [
                    .init("phase", .text(label)), .init("epoch", .integer(step.epoch)),
                    .init("loss", .number(Double(loss))),
                ]
                if let score {
                    metric += [
                        .init("validation-accuracy", .number(score.accuracy)),
                        .init("validation-loss", .number(score.loss)),
                    ]
                }
                try context.metric(.object(metric))
            })
    }

    /// Some seconds of work at most.
    private static let stepsBetweenCheckpoints = 200

    /// Students trained on an eighth, a quarter and a half of the rows, if the recipe asks for them.
    private func saveLearningCurve(train: [Int], validation: [Int], whole: StudentFit) throws {
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

    private func save(_ fit: StudentFit, as name: String) throws {
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
