import AttarData
import AttarHDF5
import AttarQuantization
import Foundation

/// A finished run's student as a model file, in the stored format of the recipe or in another one.
package struct ModelExport: Sendable {
    private let directory: RunDirectory
    private let record: RunRecord

    /// Throws `RunError` where the folder holds no run.
    package init(_ directory: RunDirectory) throws(RunError) {
        self.directory = directory
        record = try directory.existingRecord()
    }

    /// Writes the model file; gives its size in bytes.
    ///
    /// A format that is not the run's own is calibrated anew, and its cascade fitted anew, on the same calibration rows. The run itself is not changed.
    package func write(
        to url: URL, table: QuantizeSection.Format? = nil, head: QuantizeSection.HeadFormat? = nil
    ) throws -> Int {
        let overrides = Self.overrides(table, head)
        if overrides.isEmpty {
            let model = try Data(contentsOf: intactFile(Stage.modelFile, of: .export))
            try AtomicFile.write(model, to: url)
            return model.count
        }
        let (loaded, builder, dataset) = try builder(overrides)
        let quantizer = WeightQuantizer(loaded.recipe.quantize)
        var report = StageReport()
        let calibration = try Stage.calibrated(builder, loaded.recipe, quantizer, &report)
        let model = try builder.quantized(quantizer)
        let cascade = try loaded.recipe.cascade.map {
            try CascadeFit($0, builder, model, calibration)
        }
        let bytes = try builder.modelFile(
            model, calibration, cascade,
            metadata: try Stage.metadata(
                loaded, dataset: dataset, calibration, cascade,
                try builder.reference(of: model, calibration, cascade)))
        try AtomicFile.write(Data(bytes), to: url)
        return bytes.count
    }

    /// Which numbers of a student go into a file of weights.
    package enum Weights: String, CaseIterable, Sendable {
        /// As they were trained.
        case float
        /// What the codes of the stored form stand for.
        case dequantized
    }

    /// Writes the weights as safetensors, float32 and row-major under the names of the checkpoint; gives the size in bytes.
    package func writeWeights(
        _ weights: Weights, to url: URL, table: QuantizeSection.Format? = nil, head: QuantizeSection.HeadFormat? = nil
    ) throws -> Int {
        let (loaded, builder, _) = try builder(Self.overrides(table, head))
        let store =
            weights == .float
            ? builder.parameters : try builder.quantized(WeightQuantizer(loaded.recipe.quantize)).parameters
        let tensors = store.entries.enumerated().map { index, entry in
            Tensor(name: entry.name, shape: [entry.rows, entry.columns], values: store.dequantized(at: index))
        }
        let data = SafetensorsFile.data(
            tensors: tensors,
            metadata: [
                .init("name", .text(loaded.name)), .init("weights", .text(weights.rawValue)),
                .init("student", .text(loaded.values(of: ["student"]).compact)),
                .init("labels", .text(JSONValue.list(builder.task.labels.map { .text($0) }).compact)),
            ])
        try AtomicFile.write(data, to: url)
        return data.count
    }

    private static func overrides(
        _ table: QuantizeSection.Format?, _ head: QuantizeSection.HeadFormat?
    ) -> [String] {
        (table.map { ["quantize.table=\($0.rawValue)"] } ?? []) + (head.map { ["quantize.head=\($0.rawValue)"] } ?? [])
    }

    private func builder(_ overrides: [String]) throws -> (LoadedRecipe, ModelBuilder, dataset: URL) {
        let dataset = try intactFile(Stage.datasetFile, of: .dataset)
        let checkpoint = try intactFile(Stage.checkpointFile, of: .train)
        let loaded = try recipe(overrides)
        let builder = try ModelBuilder(loaded.recipe, dataset: try DatasetFile.read(dataset), checkpoint: checkpoint)
        return (loaded, builder, dataset)
    }

    /// The recipe as it ran, with overrides on top.
    private func recipe(_ overrides: [String]) throws(RecipeError) -> LoadedRecipe {
        let url = URL(filePath: record.recipe.path)
        let surroundings = RecipeSurroundings(
            recipe: url, workingFolder: directory.url, environment: ProcessInfo.processInfo.environment,
            filesMustExist: false)
        return try LoadedRecipe(
            text: record.recipe.text, path: record.recipe.path, overrides: record.recipe.overrides + overrides,
            surroundings: surroundings)
    }

    /// An output of a finished stage that is as the stage left it.
    private func intactFile(_ name: String, of stage: StageName) throws(RunError) -> URL {
        guard let done = record[stage], done.status == .done,
            let output = done.outputs.first(where: { $0.name == name })
        else {
            throw .missingInput(
                stage: .export, file: "\(directory.shownPath)/\(name), which stage \(stage.rawValue) makes")
        }
        let url = directory.file(name)
        guard let found = try? fileHash(of: url), found.sha256 == output.sha256 else {
            throw .damagedOutput(path: "\(directory.shownPath)/\(name)", stage: stage)
        }
        return url
    }
}
