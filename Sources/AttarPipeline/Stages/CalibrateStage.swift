import AttarData
import AttarQuantization
import Foundation

extension Stage {
    static let calibrationFile = "calibration.json"

    /// checkpoint, calibration rows → calibration.json: how the scores of the quantized student become probabilities.
    static func calibrate(_ recipe: LoadedRecipe) -> Stage {
        // Without a cascade all calibration rows calibrate, and a recipe reads what it always read.
        let share = recipe.recipe.cascade == nil ? [] : ["cascade.threshold-share"]
        return Stage(
            .calibrate, reads: ["student", "quantize", "calibrate", "synthesis.keep"] + share,
            from: [.dataset, .train], revision: 3,
            makes: [calibrationFile]
        ) { context in
            let recipe = context.recipe.recipe
            let dataset = try DatasetFile.read(context.file(datasetFile))
            let builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(checkpointFile))
            var report = StageReport()
            let calibration = try calibrated(builder, recipe, WeightQuantizer(recipe.quantize), &report)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write(try encoder.encode(calibration), to: context.file(calibrationFile))
            return report
        }
    }

    /// The calibration of one stored form of a student.
    static func calibrated(
        _ builder: ModelBuilder, _ recipe: Recipe, _ quantizer: WeightQuantizer, _ report: inout StageReport
    ) throws -> Calibration {
        let (calibration, remark) = try builder.calibration(of: builder.quantized(quantizer), recipe)
        if recipe.calibrate.method != .none, calibration.rows > 0 {
            report.count("calibration rows", calibration.rows)
            if calibration.vector == nil { report.measure("temperature", calibration.temperature) }
        }
        for candidate in calibration.candidates ?? [] {
            report.measure("log loss by \(candidate.method)", candidate.logLoss)
        }
        if calibration.candidates != nil { report.note("Chosen: \(calibration.method).") }
        if let remark { report.note(remark) }
        return calibration
    }
}

extension ModelBuilder {
    /// How the scores of a stored form become probabilities, with what has to be said about it.
    func calibration(of model: Quantized, _ recipe: Recipe) throws -> (calibration: Calibration, remark: String?) {
        let rows = calibrationRows(thresholdShare: recipe.cascade?.thresholdShare).probabilities
        guard recipe.calibrate.method != .none else { return (.none(rows: rows.count), nil) }
        guard !rows.isEmpty else {
            return (.none(rows: 0), "There are no calibration rows: probabilities are not calibrated.")
        }
        let fit = try calibrationFit(of: rows, model)
        guard recipe.calibrate.method == .automatic else { return fit.fitted(recipe.calibrate.method) }
        // Rows that the student was trained on say nothing about new ones.
        let validation = recipe.train.refit ? [] : task.rows(of: .validation, in: dataset)
        let judge = validation.isEmpty ? nil : try calibrationFit(of: validation, model)
        let (method, candidates) = fit.chosen(judgedBy: judge)
        var (calibration, remark) = fit.fitted(method)
        calibration.candidates = candidates
        return (calibration, remark)
    }
}
