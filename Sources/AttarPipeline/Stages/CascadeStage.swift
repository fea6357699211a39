import AttarData
import AttarQuantization
import Foundation

extension Stage {
    static let cascadeFile = "cascade.json"

    /// checkpoint, calibration, calibration rows → cascade.json: which texts the student answers by itself.
    static func cascade() -> Stage {
        Stage(
            .cascade, reads: ["student", "train", "quantize", "cascade"], from: [.dataset, .train, .calibrate],
            makes: [cascadeFile]
        ) { context in
            let recipe = context.recipe.recipe
            var report = StageReport()
            guard let section = recipe.cascade else { return report }
            let dataset = try DatasetFile.read(context.file(datasetFile))
            let builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(checkpointFile))
            let calibration = try JSONDecoder().decode(
                Calibration.self, from: Data(contentsOf: context.file(calibrationFile)))
            let fit = try CascadeFit(
                section, builder, builder.quantized(WeightQuantizer(recipe.quantize)), calibration)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write(try encoder.encode(fit), to: context.file(cascadeFile))
            report.count("rows for thresholds", fit.rows)
            report.measure("share answered", fit.coverage)
            report.note(fit.guarantee)
            return report
        }
    }
}
