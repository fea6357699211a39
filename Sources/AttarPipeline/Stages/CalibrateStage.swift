import AttarData
import AttarQuantization
import Foundation

/// How scores become probabilities.
package struct Calibration: Codable, Sendable, Equatable {
    package let method: String
    package let temperature: Double
    package let rows: Int
}

extension Stage {
    static let calibrationFile = "calibration.json"

    /// checkpoint, calibration rows → calibration.json: the temperature of the quantized student.
    static func calibrate() -> Stage {
        Stage(
            .calibrate, reads: ["student", "quantize", "calibrate"], from: [.dataset, .train], revision: 2,
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
        let rows = builder.task.rows(of: .calibration, in: builder.dataset).count
        guard recipe.calibrate.method == .temperature else {
            return Calibration(method: "none", temperature: 1, rows: rows)
        }
        guard let fit = try builder.temperature(of: builder.quantized(quantizer)) else {
            report.note("There are no calibration rows: probabilities are not calibrated.")
            return Calibration(method: "none", temperature: 1, rows: 0)
        }
        report.count("calibration rows", rows)
        // Where sharper is always better, as when all rows are right, they say nothing about how sure is sure enough.
        let isUntold = fit.isAtBound && fit.temperature < 1
        let temperature = isUntold ? 1 : fit.temperature
        report.measure("temperature", temperature)
        if isUntold {
            report.note(
                "The calibration rows cannot tell the temperature, as where all are answered right: it stays 1.")
        } else if fit.isAtBound {
            report.note(
                "The student's probabilities say nothing about being right on the calibration rows: they are made as flat as can be."
            )
        }
        return Calibration(method: "temperature", temperature: temperature, rows: rows)
    }
}
