import AttarData
import AttarRuntime
import AttarTraining

/// What rounds train again and again to see what is not known yet: the recipe's student, or a bag with default settings
/// where that is an encoder.
struct QuickStudent {
    private let task: TextClassification
    private let fit: StudentFit
    private let kernels: Kernels

    /// A few rows want more passes: so many updates at least.
    private static let leastSteps = 400

    /// Trains on all rows of the dataset that have a label.
    init(_ recipe: Recipe, _ training: TrainingDataset, kernels: TrainingKernels) throws {
        let isBag = recipe.student.family == .bag
        let section = isBag ? recipe.train : KeyReader.unread(TrainSection.self)
        task = TextClassification(
            isBag ? recipe.student : KeyReader.unread(StudentSection.self), section, keep: recipe.synthesis?.keep,
            dataset: training.dataset)
        let rows = task.rows(of: .train, in: training.dataset)
        let epochs = max(section.epochs, (Self.leastSteps * section.batch + rows.count - 1) / max(rows.count, 1))
        fit = try StudentTraining(task: task, training: training, section: section, kernels: kernels)
            .fit(rows: rows, epochs: epochs, span: epochs, seed: section.seed)
        self.kernels = kernels.kernels
    }

    /// One probability a label for every text.
    func probabilities(of texts: [String]) throws -> [[Float]] {
        let inference = try Inference(
            task.forwardGraph(), output: "probabilities", parameters: fit.parameters, kernels: kernels)
        let values = try inference.run(PackedFeatures(texts, featurizer: task.featurizer))
        return texts.indices.map { Array(values[$0 * task.classes..<($0 + 1) * task.classes]) }
    }
}
