import AttarData
import AttarQuantization
import AttarRuntime
import Foundation

extension Stage {
    static let modelFile = "model.attar"

    /// checkpoint, calibration → model.attar.
    static func export() -> Stage {
        Stage(
            .export,
            reads: [
                "name", "about", "student", "train", "quantize", "calibrate", "data.licence", "data.source",
                "teacher.model",
            ],
            from: [.dataset, .train, .calibrate], makes: [modelFile]
        ) { context in
            let recipe = context.recipe.recipe
            let dataset = try DatasetFile.read(context.file(datasetFile))
            let builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(checkpointFile))
            let data = try Data(contentsOf: context.file(calibrationFile))
            let calibration = try JSONDecoder().decode(Calibration.self, from: data)
            let bytes = try builder.modelFile(
                builder.quantized(WeightQuantizer(recipe.quantize)), temperature: calibration.temperature,
                metadata: try metadata(context.recipe, dataset: context.file(datasetFile), calibration))
            try AtomicFile.write(Data(bytes), to: context.file(modelFile))
            var report = StageReport()
            report.count("bytes", bytes.count)
            // The file is read back before anyone else can: what cannot be opened must not ship.
            let file = try ModelFile(path: context.file(modelFile).path)
            report.count("labels", file.labels.count)
            return report
        }
    }

    /// What the file says of itself: no clock times, no user text, so the same inputs give the same bytes.
    static func metadata(_ recipe: LoadedRecipe, dataset: URL, _ calibration: Calibration) throws -> JSONValue {
        let keys = ["student", "train", "quantize", "calibrate"]
        return .object([
            .init("name", .text(recipe.name)),
            .init("about", recipe.recipe.about.map { .text($0) } ?? .null),
            .init("task", .text(recipe.recipe.task.rawValue)),
            .init("recipe", recipe.values(of: keys)),
            .init("dataset-sha256", .text(try fileHash(of: dataset).sha256)),
            .init("temperature", .number(calibration.temperature)),
            .init("calibration-rows", .integer(calibration.rows)),
            .init("teacher", recipe.recipe.teacher.map { .text($0.model) } ?? .null),
            .init("data-licence", recipe.recipe.data.licence.map { .text($0) } ?? .null),
            .init("data-source", recipe.recipe.data.source.map { .text($0) } ?? .null),
        ])
    }
}
