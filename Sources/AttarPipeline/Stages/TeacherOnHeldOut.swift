import AttarData
import AttarEvaluation
import AttarTeacher
import Foundation

/// The teachers' answers to the held-out rows: bought for evaluation, never used as training labels.
struct TeacherOnHeldOut {
    struct Answers {
        /// The first teacher; where there are several, then those asked about every text, and the mean of all.
        let systems: [EvaluatedSystem]
        let purpose: SpendingFigures.Purpose
        let reused: Int
        let cost: QueryCostInput
    }

    private let context: StageContext
    private let recipe: Recipe
    private let section: TeacherSection
    private let labels: [String]

    /// Nil where the recipe has no teacher or does not want it compared.
    init?(_ context: StageContext, labels: [String]) {
        recipe = context.recipe.recipe
        guard recipe.evaluate.teacher, let section = recipe.teacher else { return nil }
        self.context = context
        self.section = section
        self.labels = labels
    }

    func label(_ texts: [String]) async throws -> Answers {
        let texts = recipe.privacy?.scrubber.scrub(texts).texts ?? texts
        let similar =
            recipe.looksUpExamples
            ? try context.similarExamples(of: DatasetFile.read(context.file(Stage.textsFile))) : nil
        let adjustments = try measuredAdjustments()
        var given: [[[Double]]] = []
        var weights: [Double] = []
        var systems: [EvaluatedSystem] = []
        var spending = Spending.none
        var bill = Bill()
        let teachers =
            [(section, FurtherTeacherSection.Asked.every)] + recipe.furtherTeachers.map { ($0.teacher, $0.asked) }
        for (section, asked) in teachers {
            let section = try await section.settled(in: context)
            let adjustment = adjustments.first { $0.teacher == section.model }
            let rows =
                asked == .every
                ? Array(texts.indices)
                : disputedRows(
                    given, mixture: TeacherMixture(weights: weights), confidence: recipe.labelling.unsureBelow ?? 0.8)
            let task = recipe.labelTask(labels: labels, teacher: section, similar: similar)
            let answer = try await TeacherSession(context, section).labels(
                of: rows.map { texts[$0] }, task: task, purpose: .evaluation)
            var probabilities = [[Double]](repeating: .init(repeating: .nan, count: labels.count), count: texts.count)
            for (row, answer) in zip(rows, answer.answers) {
                // What was measured on training texts: the held-out rows do not correct themselves.
                probabilities[row] = adjustment?.applied(to: answer.probabilities) ?? answer.probabilities
            }
            given.append(probabilities)
            weights.append(adjustment?.weight ?? 1)
            if asked == .every { systems.append(system(section.model, probabilities)) }
            spending.add(answer.spending)
            bill.add(answer.spending, section)
        }
        if given.count > 1 {
            let mixture = TeacherMixture(weights: weights)
            systems.append(
                system("teachers' mean", texts.indices.map { row in mixture.mixed(given.map { $0[row] }) }))
        }
        return answers(systems, queries: texts.count, spending, bill)
    }

    /// Tokens of all teachers, and what a million of them costs in the mean: each has its own prices.
    private struct Bill {
        private var input = 0
        private var output = 0
        private var inputCost: Double?
        private var outputCost: Double?

        var pricePerMillionInput: Double? { inputCost.map { $0 / Double(max(input, 1)) } }
        var pricePerMillionOutput: Double? { outputCost.map { $0 / Double(max(output, 1)) } }

        mutating func add(_ spending: Spending, _ section: TeacherSection) {
            let (read, written) = (
                spending.usage.input + spending.reusedUsage.input, spending.usage.output + spending.reusedUsage.output
            )
            input += read
            output += written
            if let price = section.pricePerMillionInputTokens { inputCost = (inputCost ?? 0) + Double(read) * price }
            if let price = section.pricePerMillionOutputTokens {
                outputCost = (outputCost ?? 0) + Double(written) * price
            }
        }
    }

    private func system(_ name: String, _ probabilities: [[Double]]) -> EvaluatedSystem {
        EvaluatedSystem(name: name, role: .teacher, probabilities: probabilities.flatMap { $0.map { Float($0) } })
    }

    private func answers(
        _ systems: [EvaluatedSystem], queries: Int, _ spending: Spending, _ bill: Bill
    ) -> Answers {
        Answers(
            systems: systems,
            purpose: .init(
                name: "evaluation", requests: spending.requests, inputTokens: spending.usage.input,
                outputTokens: spending.usage.output),
            reused: spending.reusedCalls,
            cost: QueryCostInput(
                queries: queries, inputTokens: spending.usage.input + spending.reusedUsage.input,
                outputTokens: spending.usage.output + spending.reusedUsage.output,
                pricePerMillionInputTokens: bill.pricePerMillionInput,
                pricePerMillionOutputTokens: bill.pricePerMillionOutput))
    }

    private func measuredAdjustments() throws -> [TeacherAdjustment] {
        guard recipe.teacherLabels else { return [] }
        return try JSONDecoder().decode(
            [TeacherAdjustment].self, from: Data(contentsOf: context.file(Stage.priorFile)))
    }
}
