import AttarData
import AttarEvaluation
import AttarQuantization
import AttarRuntime
import AttarTraining
import Foundation

extension Stage {
    static let modelFile = "model.attar"

    /// checkpoint, calibration, cascade → model.attar.
    static func export(_ recipe: LoadedRecipe) -> Stage {
        Stage(
            .export,
            reads: [
                "name", "about", "student", "train", "quantize", "calibrate", "data.licence", "data.source",
                "teacher.model",
            ] + (recipe.recipe.cascade == nil ? [] : ["cascade"]),
            from: [.dataset, .train, .calibrate] + (recipe.recipe.cascade == nil ? [] : [.cascade]), revision: 3,
            makes: [modelFile]
        ) { context in
            let recipe = context.recipe.recipe
            let dataset = try DatasetFile.read(context.file(datasetFile))
            let builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(checkpointFile))
            let data = try Data(contentsOf: context.file(calibrationFile))
            let calibration = try JSONDecoder().decode(Calibration.self, from: data)
            let cascade = try recipe.cascade.map { _ in
                try JSONDecoder().decode(CascadeFit.self, from: Data(contentsOf: context.file(cascadeFile)))
            }
            let quantized = try builder.quantized(WeightQuantizer(recipe.quantize))
            let bytes = try builder.modelFile(
                quantized, calibration, cascade,
                metadata: try metadata(
                    context.recipe, dataset: context.file(datasetFile), calibration, cascade,
                    try builder.reference(of: quantized, calibration, cascade)))
            try AtomicFile.write(Data(bytes), to: context.file(modelFile))
            var report = StageReport()
            report.count("bytes", bytes.count)
            // The file is read back before anyone else can: what cannot be opened, or computes anything else elsewhere,
            // must not ship.
            let file = try openModel(context.file(modelFile).path)
            for kernels in Kernels.availableNames {
                let result = try file.verify(kernels: Kernels(named: kernels))
                guard result.hasPassed else {
                    throw VerificationFailure(
                        model: context.file(modelFile).path, kernels: kernels, text: result.text(of: file))
                }
                report.note("\(kernels) kernels: \(result.text(of: file)).")
            }
            report.count("labels", file.labels.count)
            try compare(file, with: builder, quantized, calibration, &report)
            return report
        }
    }

    /// The file's answers on validation and calibration texts: they must have the bits of the model that was quantized; how
    /// far they are from the float model's is reported.
    private static func compare(
        _ file: ModelFile, with builder: ModelBuilder, _ quantized: ModelBuilder.Quantized,
        _ calibration: Calibration, _ report: inout StageReport
    ) throws {
        let rows = [.validation, .calibration].flatMap { builder.task.rows(of: $0, in: builder.dataset) }
        let texts = rows.prefix(2000).map { builder.dataset.rows[$0].text }
        guard !texts.isEmpty else { return }
        let shipped = try BatchClassifier(file, threads: 1).predict(texts)
        let bits = shipped.flatMap { $0.probabilities.map(\.bitPattern) }
        guard try bits == builder.probabilities(of: texts, quantized, calibration).map(\.bitPattern) else {
            throw RunError.file(
                path: modelFile,
                reason: "answers otherwise than the model that it was made from; this is a fault of attar")
        }
        let float = try builder.probabilities(
            of: texts, builder.quantized(WeightQuantizer(table: .float32, linear: .float32Panels, clip: .max)),
            calibration)
        let labels = builder.task.labels.count
        var (same, largest) = (0, Float(0))
        for (index, prediction) in shipped.enumerated() {
            let row = float[(index * labels)..<((index + 1) * labels)]
            if AttarTraining.likeliest(row) == prediction.index { same += 1 }
            largest = zip(row, prediction.probabilities).reduce(largest) { max($0, ($1.0 - $1.1).magnitude) }
        }
        report.count(
            "texts with the float model's answer", same, because: "of \(texts.count) validation and calibration texts")
        report.measure("largest difference of a probability from the float model", Double(largest))
    }

    /// What the file says of itself: no clock times, no user text, so the same inputs give the same bytes.
    static func metadata(
        _ recipe: LoadedRecipe, dataset: URL, _ calibration: Calibration, _ cascade: CascadeFit?,
        _ reference: ReferenceStatistics?
    ) throws -> JSONValue {
        let keys = ["student", "train", "quantize", "calibrate"] + (cascade == nil ? [] : ["cascade"])
        var ofCascade: [JSONValue.Member] = []
        if let cascade { ofCascade.append(.init("cascade", .text(cascade.guarantee))) }
        if let reference { ofCascade.append(.init("reference", reference.json)) }
        return .object(
            [
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
            ] + ofCascade)
    }
}
