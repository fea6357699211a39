import AttarData
import AttarTeacher

/// Has the teacher write texts, and drops those that are no use.
struct TextWriter {
    let context: StageContext
    let synthesis: SynthesisSection
    let teacher: TeacherSection
    let labels: [String]
    /// The user's own texts.
    let own: [TextRow]
    let seeds: [GenerationExample]

    struct Written {
        /// Those that were asked for.
        let texts: [GeneratedText]
        /// What is wrong with each; nil for those that are good, and those that were not written.
        let flaws: [TextFlaw?]
        let rows: [TextRow]
        /// How many texts of each label were not asked for, as none before them was of use.
        let notAskedFor: [Int]
        let spending: Spending
    }

    /// - Parameters:
    ///   - numbers: of the texts; none is written twice.
    ///   - aim: in place of the recipe's.
    ///   - earlier: what was written before, as a source of edits.
    ///   - known: rows that were kept before: copies of these are dropped.
    func write(
        _ numbers: Range<Int>, aim: GenerationAim? = nil, earlier: [GeneratedText] = [], known: [TextRow] = []
    ) async throws -> Written {
        let recipe = context.recipe.recipe
        let labelling = recipe.labelTask(labels: labels, teacher: teacher)
        let plan = try LabelPlan(labelling)
        let task = recipe.generationTask(synthesis, labels: labels, teacher: teacher, seeds: seeds)
        let requests = try task.requests(from: numbers.lowerBound, count: numbers.count, aim: aim)
        let filters = GenerationFilters(recipe, synthesis, own: own.map(\.text), earlier: known.map(\.text))
        let hopeless = try hopelessLabels(before: numbers.lowerBound, task, earlier: earlier, known: known)
        let session = TeacherSession(context, teacher)
        let (texts, spending) = try await session.run(
            asks: labelling.method != nil && plan.method.needsLogprobs ? .labels(needsLogprobs: true) : .texts
        ) { teacher, _ in
            try await teacher.generate(
                requests, task: task, earlier: earlier, hopeless: hopeless, isKept: { filters.areKept($0, task) },
                progress: session.progress)
        }
        let flaws = filters.flaws(of: texts, task)
        let rows = zip(texts, flaws).compactMap { generated, flaw in flaw == nil ? row(generated, task) : nil }
        let notAskedFor = labels.indices.map { label in
            requests.count { $0.label == label } - texts.count { $0.request.label == label }
        }
        return Written(texts: texts, flaws: flaws, rows: rows, notAskedFor: notAskedFor, spending: spending)
    }

    /// Labels that enough texts were asked for before, of which none was kept.
    private func hopelessLabels(
        before number: Int, _ task: GenerationTask, earlier: [GeneratedText], known: [TextRow]
    ) throws -> Set<Int> {
        guard number > 0 else { return [] }
        let first = try task.requests(count: context.recipe.recipe.textsBeforeRounds(labels: labels.count) ?? 0)
        return Set(
            labels.indices.filter { label in
                let asked = first.count { $0.label == label } + earlier.count { $0.request.label == label }
                return asked >= GenerationTask.patience && !known.contains { $0.intended == label }
            })
    }

    private func row(_ generated: GeneratedText, _ task: GenerationTask) -> TextRow? {
        guard let text = generated.text else { return nil }
        let request = generated.request
        var attributes = Dictionary(zip(task.attributes.map(\.name), request.attributes)) { first, _ in first }
        attributes[TextRow.Mark.opening] = request.openingPattern
        switch request.kind {
        case .plain: break
        case .nearMiss(let other): attributes[TextRow.Mark.hardCase] = "near miss of \(labels[other])"
        case .edit(let other): attributes[TextRow.Mark.hardCase] = "edit of \(labels[other])"
        }
        return TextRow(text: text, source: .generated, intended: request.label, attributes: attributes)
    }
}

extension Recipe {
    /// Texts that are written before rounds begin; nil without rounds.
    func textsBeforeRounds(labels: Int) -> Int? {
        guard let rounds, let synthesis else { return nil }
        return min(synthesis.texts, rounds.firstTexts(labels: labels) + rounds.validation)
    }
}
