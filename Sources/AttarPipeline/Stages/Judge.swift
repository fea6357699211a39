import AttarData
import AttarRuntime
import AttarTraining

/// Scores a student on validation rows while its parameters change.
struct Judge {
    private let inference: Inference
    private let features: PackedFeatures
    private let targets: [Float]
    private let classes: Int

    init(_ task: TextClassification, rows: [Int], dataset: TextDataset, parameters: ParameterStore, kernels: Kernels)
        throws
    {
        inference = try Inference(task.forwardGraph(), output: "logits", parameters: parameters, kernels: kernels)
        features = task.features(of: rows, in: dataset)
        targets = rows.flatMap { task.target(of: $0, in: dataset) ?? [] }
        classes = task.classes
    }

    /// Nil without rows.
    func score() throws -> ValidationScore? {
        guard features.count > 0 else { return nil }
        return ValidationScore(logits: try inference.run(features), targets: targets, classes: classes)
    }
}
