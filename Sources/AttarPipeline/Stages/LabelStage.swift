import AttarData
import AttarTeacher
import Foundation

/// How much a teacher leans towards each label, by the source of the texts it was measured on.
package struct TeacherPrior: Codable, Sendable, Equatable {
    package let labels: [String]
    /// Mean probability of each label over the texts of a source, in the order of `labels`; sources in the order of preference.
    package let sources: [SourceMeans]

    package struct SourceMeans: Codable, Sendable, Equatable {
        package let source: String
        package let rows: Int
        package let means: [Double]
        /// Share of each label that the means were measured against.
        package let shares: [Double]
    }

    /// The prior for texts of unknown origin. Nil where none was measured.
    package var general: LabelPrior? { sources.first.map { LabelPrior(means: $0.means) } }
}

extension Stage {
    /// The teacher gives each text label probabilities → answers.h5.
    static func label(_ recipe: LoadedRecipe) -> Stage {
        let inputs: [StageName] = recipe.recipe.synthesis == nil ? [.data] : [.data, .generate]
        return Stage(
            .label, reads: ["labels", "labelling", "teacher.model", "teacher.prompt-form"], from: inputs,
            makes: [answersFile, priorFile]
        ) { context in
            guard var stage = LabelStage(context) else { return StageReport() }
            return try await stage.run()
        }
    }
}

private struct LabelStage {
    let context: StageContext
    let recipe: Recipe
    let session: TeacherSession
    var report = StageReport()

    init?(_ context: StageContext) {
        guard let session = TeacherSession(context) else { return nil }
        self.context = context
        self.session = session
        recipe = context.recipe.recipe
    }

    mutating func run() async throws -> StageReport {
        var dataset = try DatasetFile.read(context.file(Stage.textsFile))
        if recipe.synthesis != nil {
            dataset.rows += try DatasetFile.read(context.file(Stage.generatedFile)).rows
        }
        let answers = try await ask(dataset)
        let (probabilities, prior) = corrected(answers.map(\.probabilities), dataset)
        let method = "label log-probabilities" + (recipe.labelling.priorCorrection ? ", prior-corrected" : "")
        dataset.teachers = [
            TeacherLabels(
                name: session.section.model, method: method,
                probabilities: probabilities.flatMap { $0.map { Float($0) } })
        ]
        try DatasetFile.write(dataset, to: context.file(Stage.answersFile))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(try encoder.encode(prior), to: context.file(Stage.priorFile))
        return report
    }

    /// One answer a row; rows that are not asked for have none.
    private mutating func ask(_ dataset: TextDataset) async throws -> [LabelAnswer] {
        let asked = dataset.rows.indices.filter {
            dataset.rows[$0].source != .labelled || recipe.labelling.includeLabelled
        }
        let texts = asked.map { dataset.rows[$0].text }
        let task = recipe.labelTask(labels: dataset.labels)
        let session = session
        let (given, spending) = try await session.run(needsLogprobs: true) { teacher in
            try await teacher.label(texts, task: task, purpose: .training, progress: session.progress)
        }
        var answers = [LabelAnswer](repeating: .none(labels: dataset.labels.count), count: dataset.rows.count)
        for (row, answer) in zip(asked, given) { answers[row] = answer }
        let answered = given.filter(\.isAnswered)
        report.count("texts asked about", asked.count)
        if answered.count < asked.count {
            report.count(
                "texts without an answer", asked.count - answered.count, because: "no label among the likeliest words")
        }
        if !answered.isEmpty {
            let outside = answered.reduce(0) { $0 + $1.massOutside } / Double(answered.count)
            report.measure("probability outside the labels, mean", outside)
        }
        report.add(spending)
        return answers
    }

    /// Divides the teacher's lean out, source by source: generated texts were asked for with equal shares of labels, labelled ones have known
    /// shares, of unlabelled ones equal shares are assumed.
    private mutating func corrected(_ probabilities: [[Double]], _ dataset: TextDataset) -> ([[Double]], TeacherPrior) {
        let count = dataset.labels.count
        var corrected = probabilities
        var measured: [TeacherPrior.SourceMeans] = []
        for source in [Source.unlabelled, .generated, .labelled] {
            let rows = dataset.rows.indices.filter {
                dataset.rows[$0].source == source && probabilities[$0].allSatisfy(\.isFinite)
            }
            guard !rows.isEmpty else { continue }
            let prior = LabelPrior(of: rows.map { probabilities[$0] }, labels: count)
            let shares = shares(of: rows.map { dataset.rows[$0].gold ?? dataset.rows[$0].intended }, labels: count)
            measured.append(.init(source: source.name, rows: rows.count, means: prior.means, shares: shares))
            if recipe.labelling.priorCorrection {
                for row in rows { corrected[row] = prior.corrected(probabilities[row], shares: shares) }
            }
            reportAgreement(source, rows, before: probabilities, after: corrected, dataset)
        }
        return (corrected, TeacherPrior(labels: dataset.labels, sources: measured))
    }

    private func shares(of known: [Int?], labels count: Int) -> [Double] {
        let known = known.compactMap { $0 }
        guard !known.isEmpty else { return [Double](repeating: 1 / Double(count), count: count) }
        return (0..<count).map { label in Double(known.count { $0 == label }) / Double(known.count) }
    }

    private mutating func reportAgreement(
        _ source: Source, _ rows: [Int], before: [[Double]], after: [[Double]], _ dataset: TextDataset
    ) {
        let judged = rows.filter { dataset.rows[$0].gold != nil || dataset.rows[$0].intended != nil }
        guard !judged.isEmpty else { return }
        func agreeing(_ probabilities: [[Double]]) -> Int {
            judged.count { row in
                likeliest(probabilities[row]) == dataset.rows[row].gold ?? dataset.rows[row].intended
            }
        }
        let wanted = source == .generated ? "the label that was asked for" : "their right label"
        let raw = recipe.labelling.priorCorrection ? ", \(agreeing(before)) before prior correction" : ""
        report.count("\(source.name) texts given \(wanted)", agreeing(after), because: "of \(judged.count)\(raw)")
    }
}

/// The index of the largest value, the first of equals.
private func likeliest(_ probabilities: [Double]) -> Int? {
    probabilities.indices.max { (probabilities[$0], -$0) < (probabilities[$1], -$1) }
}
