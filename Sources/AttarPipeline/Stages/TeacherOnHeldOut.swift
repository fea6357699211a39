import AttarEvaluation
import AttarTeacher
import Foundation

/// The teacher's answers to the held-out rows: bought for evaluation, never used as training labels.
struct TeacherOnHeldOut {
    struct Answers {
        let system: EvaluatedSystem
        let purpose: SpendingFigures.Purpose
        let reused: Int
        let cost: QueryCostInput
    }

    private let context: StageContext
    private let session: TeacherSession
    private let labels: [String]

    /// Nil where the recipe has no teacher or does not want it compared.
    init?(_ context: StageContext, labels: [String]) {
        guard context.recipe.recipe.evaluate.teacher, let session = TeacherSession(context) else { return nil }
        self.context = context
        self.session = session
        self.labels = labels
    }

    func label(_ texts: [String]) async throws -> Answers {
        let task = context.recipe.recipe.labelTask(labels: labels)
        let (given, spending) = try await session.run(needsLogprobs: true) { teacher in
            try await teacher.label(texts, task: task, purpose: .evaluation, progress: session.progress)
        }
        // The lean is the one measured on training texts: the held-out rows do not correct themselves.
        let prior = try measuredPrior()
        let probabilities = given.map { answer in
            answer.isAnswered ? prior?.corrected(answer.probabilities) ?? answer.probabilities : answer.probabilities
        }
        let section = session.section
        let input = spending.usage.input + spending.reusedUsage.input
        let output = spending.usage.output + spending.reusedUsage.output
        return Answers(
            system: EvaluatedSystem(
                name: section.model, role: .teacher, probabilities: probabilities.flatMap { $0.map { Float($0) } }),
            purpose: .init(
                name: "evaluation", requests: spending.requests, inputTokens: spending.usage.input,
                outputTokens: spending.usage.output),
            reused: spending.reusedCalls,
            cost: QueryCostInput(
                queries: texts.count, inputTokens: input, outputTokens: output,
                pricePerMillionInputTokens: section.pricePerMillionInputTokens,
                pricePerMillionOutputTokens: section.pricePerMillionOutputTokens))
    }

    private func measuredPrior() throws -> LabelPrior? {
        let recipe = context.recipe.recipe
        guard recipe.labelling.priorCorrection, recipe.teacherLabels else { return nil }
        return try JSONDecoder().decode(TeacherPrior.self, from: Data(contentsOf: context.file(Stage.priorFile)))
            .general
    }
}
