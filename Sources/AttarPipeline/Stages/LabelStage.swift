import AttarData
import AttarTeacher
import Foundation

extension Stage {
    /// The teachers give each text label probabilities → answers.h5.
    static func label(_ recipe: LoadedRecipe) -> Stage {
        let inputs: [StageName] = recipe.recipe.synthesis == nil ? [.data] : [.data, .generate]
        return Stage(
            .label,
            reads: ["labels", "labelling", "teacher.model", "teacher.prompt-form", "further-teachers", "privacy"],
            from: inputs, revision: 2, makes: [answersFile, priorFile]
        ) { context in
            guard let section = context.recipe.recipe.teacher else { return StageReport() }
            var stage = LabelStage(context, section)
            return try await stage.run()
        }
    }
}

private struct LabelStage {
    let context: StageContext
    let recipe: Recipe
    let first: TeacherSection
    var opinions: [TeacherOpinion] = []
    var report = StageReport()

    init(_ context: StageContext, _ first: TeacherSection) {
        self.context = context
        self.first = first
        recipe = context.recipe.recipe
    }

    mutating func run() async throws -> StageReport {
        var dataset = try DatasetFile.read(context.file(Stage.textsFile))
        if recipe.synthesis != nil {
            dataset.rows += try DatasetFile.read(context.file(Stage.generatedFile)).rows
        }
        let similar = try similarExamples(dataset)
        let asked = dataset.rows.indices.filter {
            dataset.rows[$0].source != .labelled || recipe.labelling.includeLabelled
        }
        try await ask(first, about: asked, dataset, similar)
        for further in recipe.furtherTeachers {
            let chosen = further.asked == .every ? asked : disputed(among: asked, dataset)
            try await ask(further.teacher, about: chosen, dataset, similar, isChoice: further.asked == .disputed)
            if further.asked == .disputed {
                report.count("disputed texts", chosen.count, because: "put to \(further.teacher.model)")
            }
        }
        weigh(dataset)
        reportDisagreement()
        dataset.teachers = opinions.map(\.labels)
        try DatasetFile.write(dataset, to: context.file(Stage.answersFile))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(
            try encoder.encode(opinions.map(\.adjustment)), to: context.file(Stage.priorFile))
        return report
    }

    private func similarExamples(_ dataset: TextDataset) throws -> SimilarExamples? {
        recipe.looksUpExamples ? try context.similarExamples(of: dataset) : nil
    }

    /// - Parameter isChoice: whether the rows were chosen by what the teachers before say.
    private mutating func ask(
        _ section: TeacherSection, about rows: [Int], _ dataset: TextDataset, _ similar: SimilarExamples?,
        isChoice: Bool = false
    ) async throws {
        let section = try await section.settled(in: context)
        let session = TeacherSession(context, section)
        let task = recipe.labelTask(labels: dataset.labels, teacher: section, similar: similar)
        let given = try await session.labels(of: rows.map { dataset.rows[$0].text }, task: task, purpose: .training)
        var answers = [LabelAnswer](repeating: .none(labels: dataset.labels.count), count: dataset.rows.count)
        for (row, answer) in zip(rows, given.answers) { answers[row] = answer }
        tell(rows, given.answers, task, dataset, of: section)
        report.add(given.spending)
        let opinion = TeacherOpinion(
            section, method: given.method, answers: answers, dataset: dataset, labelling: recipe.labelling,
            earlier: isChoice ? mixed(mixture(dataset)) : nil)
        opinions.append(opinion)
        reportAgreement(opinion, dataset)
    }

    // MARK: Several teachers

    private func disputed(among rows: [Int], _ dataset: TextDataset) -> [Int] {
        let given = opinions.map { opinion in rows.map { opinion.probabilities[$0] } }
        return disputedRows(given, mixture: mixture(dataset), confidence: recipe.labelling.unsureBelow ?? 0.8)
            .map { rows[$0] }
    }

    /// The recipe's weights, or those fitted on rows with right labels.
    private func mixture(_ dataset: TextDataset) -> TeacherMixture {
        let written = recipe.furtherTeachers.prefix(opinions.count - 1).map(\.weight)
        if written.contains(where: { $0 != nil }) {
            return TeacherMixture(weights: [1] + written.map { $0 ?? 1 })
        }
        let gold = dataset.rows.indices.filter { dataset.rows[$0].gold != nil }
        return TeacherMixture(
            fitting: opinions.map { opinion in gold.map { opinion.probabilities[$0] } },
            gold: gold.compactMap { dataset.rows[$0].gold })
    }

    private func mixed(_ mixture: TeacherMixture) -> [[Double]] {
        (opinions.first?.probabilities.indices ?? 0..<0).map { row in
            mixture.mixed(opinions.map { $0.probabilities[row] })
        }
    }

    private mutating func weigh(_ dataset: TextDataset) {
        guard opinions.count > 1 else { return }
        for (index, weight) in mixture(dataset).weights.enumerated() {
            opinions[index].adjustment.weight = weight
            report.measure("weight of \(opinions[index].section.model)", weight)
        }
    }

    private mutating func reportDisagreement() {
        guard opinions.count > 1 else { return }
        let disagreement = TeacherDisagreement(opinions.map(\.probabilities))
        report.count(
            "texts that teachers disagree about", disagreement.disputed,
            because: "of \(disagreement.rows) that all answered")
        report.measure("divergence of the teachers, mean", disagreement.divergence, unit: "bits")
    }

    // MARK: What is told

    private mutating func tell(
        _ rows: [Int], _ answers: [LabelAnswer], _ task: LabelTask, _ dataset: TextDataset, of section: TeacherSection
    ) {
        let name = opinions.isEmpty ? "" : " (\(section.model))"
        report.count("texts asked about\(name)", rows.count)
        let cut = rows.count { dataset.rows[$0].text.count > task.textLimitCharacters }
        if cut > 0 {
            report.count("texts cut\(name)", cut, because: "longer than \(task.textLimitCharacters) characters")
        }
        let answered = answers.filter(\.isAnswered)
        if answered.count < rows.count {
            report.count(
                "texts without an answer\(name)", rows.count - answered.count,
                because: "what the teacher said is no label")
        }
        guard !answered.isEmpty else { return }
        let outside = answered.reduce(0) { $0 + $1.massOutside } / Double(answered.count)
        report.measure("probability outside the labels, mean\(name)", outside)
    }

    private mutating func reportAgreement(_ opinion: TeacherOpinion, _ dataset: TextDataset) {
        let name = opinions.count > 1 ? " (\(opinion.section.model))" : ""
        for source in [Source.unlabelled, .generated, .labelled] {
            let judged = dataset.rows.indices.filter { row in
                dataset.rows[row].source == source && opinion.answers[row].isAnswered
                    && (dataset.rows[row].gold != nil || dataset.rows[row].intended != nil)
            }
            guard !judged.isEmpty else { continue }
            func agreeing(_ probabilities: (Int) -> [Double]) -> Int {
                judged.count { likeliestLabel(probabilities($0)) == dataset.rows[$0].gold ?? dataset.rows[$0].intended }
            }
            let wanted = source == .generated ? "the label that was asked for" : "their right label"
            let before = agreeing { opinion.answers[$0].probabilities }
            let raw = recipe.labelling.priorCorrection ? ", \(before) before prior correction" : ""
            report.count(
                "\(source.name) texts given \(wanted)\(name)", agreeing { opinion.probabilities[$0] },
                because: "of \(judged.count)\(raw)")
        }
        let calibration = opinion.adjustment.calibration
        guard let before = calibration.errorBefore, let after = calibration.errorAfter else { return }
        report.measure("temperature of the teacher\(name)", calibration.temperature)
        report.measure("calibration error before it\(name)", before)
        report.measure("calibration error after it\(name)", after)
    }
}

extension StageContext {
    /// The texts with right labels, for prompts: without those that the held-out fingerprint knows.
    func similarExamples(of dataset: TextDataset) throws -> SimilarExamples {
        let fingerprint = try JSONDecoder().decode(
            Fingerprint.self, from: Data(contentsOf: file(Stage.fingerprintFile)))
        return SimilarExamples(
            dataset.rows.compactMap { row in
                row.gold.flatMap { gold in
                    fingerprint.knows(row.text) ? nil : LabelledExample(text: row.text, label: dataset.labels[gold])
                }
            })
    }
}
