import AttarData
import AttarEvaluation
import AttarQuantization
import AttarRuntime
import Foundation

extension Stage {
    static let reportFiles = ["report.json", "report.html", "report.md"]
    /// Every system's answers to the held-out rows.
    static let heldOutAnswersFile = "held-out-answers.h5"

    /// model.attar, held-out data → report.json, report.html, report.md. The only stage that asks for answers to held-out rows.
    static func evaluate(_ recipe: LoadedRecipe) -> Stage {
        let data = recipe.recipe.data
        return Stage(
            .evaluate,
            reads: [
                "name", "about", "labels", "data", "teacher.model", "teacher.prompt-form",
                "teacher.price-per-million-input-tokens",
                "teacher.price-per-million-output-tokens", "labelling", "student", "train", "quantize", "calibrate",
                "evaluate", "further-teachers", "privacy",
            ],
            from: (recipe.recipe.teacherLabels ? [.label] : []) + [.dataset, .train, .quantize, .calibrate, .export],
            files: ["held-out": data.heldOut?.url, "shifted": data.shifted?.url], revision: 3,
            makes: reportFiles + [heldOutAnswersFile]
        ) { context in
            try await EvaluateStage(context).run()
        }
    }
}

struct EvaluateStage {
    let context: StageContext
    let recipe: Recipe
    let dataset: TextDataset
    let builder: ModelBuilder
    let calibration: Calibration
    let model: ModelFile

    init(_ context: StageContext) throws {
        self.context = context
        recipe = context.recipe.recipe
        dataset = try DatasetFile.read(context.file(Stage.datasetFile))
        builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(Stage.checkpointFile))
        calibration = try JSONDecoder().decode(
            Calibration.self, from: Data(contentsOf: context.file(Stage.calibrationFile)))
        model = try openModel(context.file(Stage.modelFile).path)
    }

    func run() async throws -> StageReport {
        guard let file = recipe.data.heldOut else { return StageReport() }
        let set = try context.openHeldOut(
            file, labels: dataset.labels, columns: recipe.evaluate.slices, reason: "evaluation of \(Stage.modelFile)")
        let hash = try fileHash(of: file.url).sha256
        let teacher = try await teacherAnswers(to: set)
        let students = try students(on: set)
        let earlier = try earlierRuns(on: set, heldOutHash: hash)
        // A teacher that answered nothing has no figures, and takes nothing over.
        let answering = (teacher?.systems ?? []).filter { !$0.probabilities.allSatisfy(\.isNaN) }
        let systems = answering + students + earlier
        try Task.checkCancellation()

        let report = try set.evaluate(input(systems, teacher, set, heldOutHash: hash))
        try EvaluationRecord(set, systems: systems, heldOutHash: hash).write(
            to: context.file(Stage.heldOutAnswersFile))
        try report.write(in: context.directory.url)
        var summary = StageReport()
        summary.count("held-out rows", set.count)
        summary.note(report.verdict.sentence)
        return summary
    }

    private func teacherAnswers(to set: HeldOutSet) async throws -> TeacherOnHeldOut.Answers? {
        guard let teacher = TeacherOnHeldOut(context, labels: dataset.labels) else { return nil }
        return try await set.answersInTime { try await teacher.label($0) }
    }

    /// Float student, quantized student and the file itself, each on the raw texts.
    private func students(on set: HeldOutSet) throws -> [EvaluatedSystem] {
        let float = try builder.quantized(WeightQuantizer(table: .float32, linear: .float32Panels, clip: .max))
        let floatCalibration = try builder.calibration(of: float, recipe).calibration
        let quantized = try builder.quantized(WeightQuantizer(recipe.quantize))
        return [
            EvaluatedSystem(
                name: "student, float", role: .floatStudent,
                probabilities: try set.answers {
                    try builder.probabilities(of: $0, float, floatCalibration)
                }, sizeBytes: float.bytes),
            EvaluatedSystem(
                name: "student, \(recipe.quantize.table.rawValue)", role: .quantizedStudent,
                probabilities: try set.answers {
                    try builder.probabilities(of: $0, quantized, calibration)
                }, sizeBytes: quantized.bytes),
            try DeployedModel(model).system(named: Stage.modelFile, on: set),
        ]
    }

    /// The models of `evaluate.compare-with` that answered the same rows.
    private func earlierRuns(on set: HeldOutSet, heldOutHash: String) throws -> [EvaluatedSystem] {
        try recipe.evaluate.compareWith.map { name in
            let directory = context.directory.beside(name)
            let record = try directory.heldOutAnswers()
            guard let system = record.earlierRun(named: name, on: set, heldOutHash: heldOutHash) else {
                throw EvaluationError.otherHeldOutRows(first: context.directory.shownPath, second: directory.shownPath)
            }
            return system
        }
    }

    private func input(
        _ systems: [EvaluatedSystem], _ teacher: TeacherOnHeldOut.Answers?, _ set: HeldOutSet, heldOutHash: String
    ) throws -> EvaluationInput {
        let options = EvaluationOptions(
            bootstrapDraws: recipe.evaluate.bootstrapDraws, seed: UInt64(recipe.evaluate.seed),
            exampleLimit: recipe.evaluate.examples)
        let spending = spending(teacher)
        var input = EvaluationInput(
            recipe: RecipeFigures(name: context.recipe.name, task: recipe.task.rawValue, description: recipe.about),
            trainingLabelCounts: trainingLabelCounts, systems: systems, data: try dataFigures(),
            learningCurve: try learningCurve(), quantization: try quantizationFigures(), spending: spending,
            queryCost: queryCost(systems.contains { $0.role == .teacher } ? teacher : nil),
            provenance: try provenance(heldOutHash: heldOutHash),
            notes: notes
                + (teacher != nil && !systems.contains { $0.role == .teacher }
                    ? ["The teacher answered none of the held-out texts with one of the labels."] : []),
            options: options)
        input.costs = costMatrix
        input.rounds = try rounds()
        input.fixedCosts = fixedCosts()
        input.seedRuns = try seedRuns(on: set)
        let deployed = try DeployedModel(model)
        input.cascade = deployed.cascade(on: set)
        input.queryCost?.studentMicrojoules = deployed.microjoules(on: set)
        if recipe.evaluate.stress, let whole = systems.first(where: { $0.role == .deployedFile }) {
            var stress = set.stress(of: deployed.classifier, whole: whole.probabilities, options: options)
            stress.drift = deployed.drift(on: set)
            input.stress = stress
        }
        if let file = recipe.data.shifted {
            let shifted = try context.openHeldOut(
                file, labels: dataset.labels, reason: "evaluation of \(Stage.modelFile) on texts of another kind")
            var stress = input.stress ?? StressFigures()
            stress.shifted = try deployed.shifted(on: shifted, source: file.written, options: options)
            input.stress = stress
        }
        return input
    }

    /// The student that ships and those of `evaluate.more-seeds`, in the stored form that ships.
    private func seedRuns(on set: HeldOutSet) throws -> [SeedFigures.Run] {
        let seeds = recipe.evaluate.moreSeeds
        guard !seeds.isEmpty else { return [] }
        let checkpoints =
            [(recipe.train.seed, Stage.checkpointFile)] + seeds.map { ($0, Stage.checkpointFile(seed: $0)) }
        return try checkpoints.map { seed, checkpoint in
            let builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(checkpoint))
            let quantized = try builder.quantized(WeightQuantizer(recipe.quantize))
            return set.seedRun(
                named: "seed \(seed)", seed: seed,
                probabilities: try set.answers { try builder.probabilities(of: $0, quantized, .none(rows: 0)) })
        }
    }
}
