import AttarData
import AttarEvaluation
import AttarRuntime
import Foundation

/// Evaluates any model file on any labelled table.
package struct ModelEvaluation {
    package let modelPath: String
    package let dataPath: String
    package let textColumn: String
    package let labelColumn: String
    package let slices: [String]
    package let options: EvaluationOptions

    package init(
        modelPath: String, dataPath: String, textColumn: String, labelColumn: String, slices: [String],
        options: EvaluationOptions
    ) {
        self.modelPath = modelPath
        self.dataPath = dataPath
        self.textColumn = textColumn
        self.labelColumn = labelColumn
        self.slices = slices
        self.options = options
    }

    package func report() throws -> EvaluationReport {
        let file = try openModel(modelPath)
        let deployed: DeployedModel
        do throws(ModelFileError) {
            deployed = try DeployedModel(file)
        } catch {
            throw UnusableModel(path: modelPath, reason: error)
        }
        let url = URL(filePath: dataPath)
        guard FileManager.default.isReadableFile(atPath: url.path) else {
            throw FileError(.open, dataPath, code: ENOENT)
        }
        let hash = try fileHash(of: url).sha256
        let set = try HeldOutSet(
            opening: url, shownPath: dataPath, textColumn: textColumn, labelColumn: labelColumn,
            labels: file.labels, columns: slices
        ) {
            try run?.record(opening: dataPath, sha256: hash)
        }
        let system = try deployed.system(named: URL(filePath: modelPath).lastPathComponent, on: set)
        var provenance = ProvenanceFigures(
            heldOutHash: hash, modelHash: try fileHash(of: URL(filePath: modelPath)).sha256)
        provenance.heldOutOpenings = try run?.record().map { record in
            record.heldOutOpenings.count { $0.sha256 == hash && $0.stage == .evaluate }
        }
        var input = EvaluationInput(
            recipe: RecipeFigures(name: system.name, task: "text-classification"), systems: [system],
            provenance: provenance, options: options)
        input.cascade = deployed.cascade(on: set)
        var stress = set.stress(of: deployed.classifier, whole: system.probabilities, options: options)
        stress.drift = deployed.drift(on: set)
        input.stress = stress
        return try set.evaluate(input)
    }

    /// The run that the model file lies in; nil where it lies elsewhere.
    package var run: RunDirectory? {
        let folder = URL(filePath: modelPath).deletingLastPathComponent()
        let directory = RunDirectory(folder)
        return FileManager.default.fileExists(atPath: directory.recordFile.path) ? directory : nil
    }
}

extension RunDirectory {
    /// Writes into the record that held-out data was opened outside of the recipe.
    fileprivate func record(opening path: String, sha256: String) throws(RunError) {
        let lock = try RunLock(self)
        defer { withExtendedLifetime(lock) {} }
        guard var record = try record() else { return }
        record.heldOutOpenings.append(
            .init(
                file: path, sha256: sha256, stage: .evaluate, reason: "attar evaluate", at: Date(),
                recipe: record.recipe.sha256))
        try save(record)
    }
}
