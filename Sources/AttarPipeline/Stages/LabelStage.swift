import AttarData
import AttarTeacher
import Foundation

extension Stage {
    /// The teachers give each text label probabilities → answers.h5.
    static func label(_ recipe: LoadedRecipe) -> Stage {
        let inputs: [StageName] = recipe.recipe.synthesis == nil ? [.data] : [.data, .generate]
        let rounds = recipe.recipe.rounds == nil ? [] : roundsKeys
        return Stage(
            .label,
            reads: [
                "labels", "labelling", "teacher.model", "teacher.prompt-form", "further-teachers", "privacy",
                "synthesis.keep",
            ] + rounds,
            from: inputs, revision: 4, makes: [answersFile, priorFile] + (rounds.isEmpty ? [] : [roundsFile])
        ) { context in
            guard let section = context.recipe.recipe.teacher else { return StageReport() }
            var stage = LabelStage(context, section)
            return try await stage.run()
        }
    }
}

struct LabelStage {
    let context: StageContext
    let recipe: Recipe
    /// The teachers, each with whether it sees a choice of the texts only.
    let teachers: [(section: TeacherSection, isChoice: Bool)]
    /// What each has said so far.
    private(set) var given: [GivenAnswers] = []
    private(set) var opinions: [TeacherOpinion] = []
    /// For texts written in rounds.
    private(set) var writing: Spending?
    /// Of the teacher's limits, for the evaluation.
    var kept = Amount()
    var report = StageReport()

    init(_ context: StageContext, _ first: TeacherSection) {
        self.context = context
        recipe = context.recipe.recipe
        teachers = [(first, false)] + recipe.furtherTeachers.map { ($0.teacher, $0.asked == .disputed) }
    }

    mutating func run() async throws -> StageReport {
        var dataset = try DatasetFile.read(context.file(Stage.textsFile))
        if recipe.synthesis != nil {
            dataset.rows += try DatasetFile.read(context.file(Stage.generatedFile)).rows
        }
        let similar = try similarExamples(dataset)
        if let section = recipe.rounds {
            try await askInRounds(section, &dataset, similar)
        } else {
            let asked = dataset.rows.indices.filter {
                dataset.rows[$0].source != .labelled || recipe.labelling.includeLabelled
            }
            let left = Set(try await askWhileOfUse(about: asked, dataset, similar))
            tellAnswers(dataset)
            dataset.teachers = weighedLabels(dataset)
            if !left.isEmpty { dataset = dataset.selecting(dataset.rows.indices.filter { !left.contains($0) }) }
        }
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

    /// Puts the rows to every teacher, and forms their opinions of all rows so far.
    ///
    /// - Parameter representative: rows drawn by chance, where the others were chosen: a teacher's lean is measured on these.
    mutating func ask(
        about rows: [Int], _ dataset: TextDataset, _ similar: SimilarExamples?, representative: Set<Int>? = nil
    ) async throws {
        let before = (given, opinions)
        do {
            try await askAll(about: rows, dataset, similar, representative: representative)
        } catch {
            // Rounds may end here, with what was there before.
            (given, opinions) = before
            throw error
        }
    }

    private mutating func askAll(
        about rows: [Int], _ dataset: TextDataset, _ similar: SimilarExamples?, representative: Set<Int>?
    ) async throws {
        opinions = []
        for (index, teacher) in teachers.enumerated() {
            let chosen = teacher.isChoice ? disputed(among: rows, dataset) : rows
            let section = try await teacher.section.settled(in: context)
            var session = TeacherSession(context, section)
            session.kept = kept
            let task = recipe.labelTask(labels: dataset.labels, teacher: section, similar: similar)
            let answers = try await session.labels(
                of: chosen.map { dataset.rows[$0].text }, task: task, purpose: .training)
            if index == given.count {
                given.append(
                    GivenAnswers(
                        method: answers.method, rows: dataset.rows.count, labels: dataset.labels.count))
            }
            given[index].add(chosen, of: dataset.rows.count, answers.answers, answers.spending)
            opinions.append(
                TeacherOpinion(
                    section, method: given[index].method, answers: given[index].answers, dataset: dataset,
                    labelling: recipe.labelling, earlier: teacher.isChoice ? mixed(mixture(dataset)) : nil,
                    representative: representative))
        }
    }

    mutating func add(_ spending: Spending) {
        if writing?.add(spending) == nil { writing = spending }
    }

    /// What all answers so far cost, paid now or before, but for a probe's; nil without prices.
    var cost: Double? {
        let spendings = given.map(\.spending) + [writing].compactMap { $0 }
        let costs = spendings.compactMap { spending in spending.cost == nil ? nil : spending.answers.cost }
        return costs.isEmpty ? nil : costs.reduce(0, +)
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

    /// What the teachers say, as it stands in dataset.h5.
    mutating func weighedLabels(_ dataset: TextDataset) -> [TeacherLabels] {
        if opinions.count > 1 {
            for (index, weight) in mixture(dataset).weights.enumerated() { opinions[index].adjustment.weight = weight }
        }
        return opinions.map(\.labels)
    }

    /// What all teachers together say about some rows; nil for those without an answer.
    func labels(of rows: [Int], _ dataset: TextDataset) -> [Int?] {
        let mixture = opinions.count > 1 ? mixture(dataset) : TeacherMixture(weights: [1])
        return rows.map { row in
            likeliestLabel(mixture.mixed(opinions.map { $0.probabilities[row] }))
        }
    }

    // MARK: What is told

    mutating func tellAnswers(_ dataset: TextDataset) {
        for (index, teacher) in teachers.enumerated() {
            tell(index, dataset)
            report.add(given[index].spending)
            reportAgreement(index, dataset)
            if teacher.isChoice {
                report.count(
                    "disputed texts", given[index].rows.count, because: "put to \(teacher.section.model)")
            }
        }
        if let writing { report.add(writing) }
        tellContradictions(dataset)
        guard opinions.count > 1 else { return }
        for (opinion, weight) in zip(opinions, mixture(dataset).weights) {
            report.measure("weight of \(opinion.section.model)", weight)
        }
        let disagreement = TeacherDisagreement(opinions.map(\.probabilities))
        report.count(
            "texts that teachers disagree about", disagreement.disputed,
            because: "of \(disagreement.rows) that all answered")
        report.measure("divergence of the teachers, mean", disagreement.divergence, unit: "bits")
    }

    private mutating func tell(_ index: Int, _ dataset: TextDataset) {
        let name = index == 0 ? "" : " (\(teachers[index].section.model))"
        let rows = given[index].rows
        report.count("texts asked about\(name)", rows.count)
        let limit = recipe.labelling.textLimitCharacters
        let cut = rows.count { dataset.rows[$0].text.count > limit }
        if cut > 0 {
            report.count("texts cut\(name)", cut, because: "longer than \(limit) characters")
        }
        let answered = rows.map { given[index].answers[$0] }.filter(\.isAnswered)
        if answered.count < rows.count {
            report.count(
                "texts without an answer\(name)", rows.count - answered.count,
                because: "what the teacher said is no label")
        }
        guard !answered.isEmpty else { return }
        let outside = answered.reduce(0) { $0 + $1.massOutside } / Double(answered.count)
        report.measure("probability outside the labels, mean\(name)", outside)
    }

    private mutating func reportAgreement(_ index: Int, _ dataset: TextDataset) {
        let opinion = opinions[index]
        let name = index == 0 ? "" : " (\(opinion.section.model))"
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

/// What one teacher has said, batch by batch.
struct GivenAnswers {
    let method: LabelMethod
    /// One a row of the dataset; rows that it was not asked about have none.
    private(set) var answers: [LabelAnswer]
    /// Rows that it was asked about, in their order.
    private(set) var rows: [Int] = []
    private(set) var spending = Spending.none

    init(method: LabelMethod, rows: Int, labels: Int) {
        self.method = method
        answers = Array(repeating: .none(labels: labels), count: rows)
    }

    /// - Parameter count: rows of the dataset by now.
    mutating func add(_ asked: [Int], of count: Int, _ answers: [LabelAnswer], _ more: Spending) {
        let labels = self.answers.first?.probabilities.count ?? answers.first?.probabilities.count ?? 0
        self.answers += Array(repeating: .none(labels: labels), count: count - self.answers.count)
        for (row, answer) in zip(asked, answers) { self.answers[row] = answer }
        // The first one brings the prices.
        if rows.isEmpty { spending = more } else { spending.add(more) }
        rows += asked
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
