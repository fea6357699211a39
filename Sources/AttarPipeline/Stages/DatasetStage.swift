import AttarData
import Foundation

extension Stage {
    /// Texts and answers → dataset.h5: leaves out what must not be learned from, and divides the rest.
    static func dataset(_ recipe: LoadedRecipe) -> Stage {
        let inputs: [StageName] = recipe.recipe.teacherLabels ? [.data, .label] : [.data]
        return Stage(
            .dataset,
            reads: [
                "data.validation", "data.calibration", "data.split-seed", "data.near-duplicate-threshold",
                "synthesis.keep", "embeddings.model", "embeddings.batch",
            ],
            from: inputs, makes: [datasetFile]
        ) { context in
            var stage = try DatasetStage(context)
            return try await stage.run()
        }
    }
}

private struct DatasetStage {
    let context: StageContext
    let recipe: Recipe
    var dataset: TextDataset
    /// Rows that are still in, in their order.
    var kept: [Int]
    var report = StageReport()

    init(_ context: StageContext) throws {
        self.context = context
        recipe = context.recipe.recipe
        dataset = try DatasetFile.read(context.file(recipe.teacherLabels ? Stage.answersFile : Stage.textsFile))
        kept = Array(dataset.rows.indices)
    }

    mutating func run() async throws -> StageReport {
        report.count("texts", dataset.rows.count)
        dropUnlabelled()
        dropDisagreeing()
        try Task.checkCancellation()
        try dropContaminated()
        try Task.checkCancellation()
        dropNearDuplicates()
        try Task.checkCancellation()
        try checkLabels()
        var result = divided()
        try await embed(&result)
        report.count("texts kept", result.rows.count)
        for part in Split.allCases { report.count("\(part.name) texts", result.rows.count { $0.split == part }) }
        try DatasetFile.write(result, to: context.file(Stage.datasetFile))
        return report
    }

    /// Asks for a vector for each text that is left.
    private mutating func embed(_ dataset: inout TextDataset) async throws {
        guard let section = recipe.embeddings else { return }
        let session = TeacherSession(context, section.teacher)
        let texts = dataset.rows.map(\.text)
        let (given, spending) = try await session.run(asks: .embeddings) { teacher in
            try await teacher.embeddings(of: texts, batch: section.batch, progress: session.progress)
        }
        dataset.embeddings = [
            TextEmbeddings(model: section.teacher.model, dimension: given.dimension, values: given.values)
        ]
        report.count("texts embedded", texts.count, because: "\(given.dimension) numbers each")
        report.add(spending)
    }

    private mutating func dropUnlabelled() {
        drop("without a label", because: "the teacher gave no answer") { stage, row in stage.label(of: row) == nil }
    }

    private mutating func dropDisagreeing() {
        guard recipe.synthesis?.keep == .agreeing else { return }
        drop("teacher disagrees with itself", because: "its label is not the one it was asked to write for") {
            stage, row in
            guard let intended = stage.dataset.rows[row].intended else { return false }
            return stage.label(of: row) != intended
        }
    }

    private mutating func dropContaminated() throws {
        let data = try Data(contentsOf: context.file(Stage.fingerprintFile))
        let fingerprint = try JSONDecoder().decode(Fingerprint.self, from: data)
        let before = kept.count
        kept.removeAll { fingerprint.knows(dataset.rows[$0].text) }
        report.count(
            Stage.contaminatedCount, before - kept.count,
            because: "a held-out text, one with light edits, or one that has it in it")
    }

    /// Of texts that nearly copy each other the first stays: labelled texts before unlabelled ones before generated ones.
    private mutating func dropNearDuplicates() {
        let copies = nearDuplicates(
            in: kept.map { dataset.rows[$0].text }, threshold: recipe.data.nearDuplicateThreshold)
        let contradicting = kept.indices.count { position in
            guard let original = copies[position], let gold = dataset.rows[kept[position]].gold,
                let other = dataset.rows[kept[original]].gold
            else { return false }
            return gold != other
        }
        let before = kept.count
        kept = zip(kept, copies).filter { $0.1 == nil }.map(\.0)
        report.count("dropped: near copies", before - kept.count, because: "of a text before them")
        if contradicting > 0 {
            report.note("\(contradicting) of the near copies have another label than the text they copy.")
        }
    }

    private mutating func checkLabels() throws {
        let dropped = report.counts.filter { $0.name.hasPrefix("dropped") && $0.value > 0 }.map {
            "\($0.name) \($0.value)"
        }
        guard !kept.isEmpty else { throw TextDataError.nothingLeft(dropped: dropped) }
        let present = Set(kept.compactMap { label(of: $0) })
        if present.count == 1, let only = present.first {
            throw TextDataError.oneLabelLeft(label: dataset.labels[only], dropped: dropped)
        }
        for label in dataset.labels.indices where !present.contains(label) {
            report.note(
                "No text is left of the label “\(dataset.labels[label])”: the model will hardly ever answer it.")
        }
    }

    /// The rows that are left, each in its part.
    private func divided() -> TextDataset {
        let splits = splitRows(
            texts: kept.map { dataset.rows[$0].text }, strata: kept.map { label(of: $0) },
            fractions: SplitFractions(
                validation: recipe.data.validationFraction, calibration: recipe.data.calibrationFraction),
            seed: UInt64(recipe.data.splitSeed), nearDuplicateThreshold: recipe.data.nearDuplicateThreshold)
        var result = dataset.selecting(kept)
        for (index, split) in splits.enumerated() { result.rows[index].split = split }
        return result
    }

    /// The right label, or the teachers' likeliest one.
    private func label(of row: Int) -> Int? {
        if let gold = dataset.rows[row].gold { return gold }
        guard let mean = dataset.teacherMean(of: row) else { return nil }
        return mean.indices.max { (mean[$0], -$0) < (mean[$1], -$1) }
    }

    private mutating func drop(_ what: String, because reason: String, _ isDropped: (DatasetStage, Int) -> Bool) {
        let before = kept.count
        let stage = self
        kept = kept.filter { !isDropped(stage, $0) }
        if before > kept.count { report.count("dropped: \(what)", before - kept.count, because: reason) }
    }
}
