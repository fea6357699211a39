import AttarData
import Foundation

extension Stage {
    /// Texts and answers → dataset.h5: leaves out what must not be learned from, and divides the rest.
    static func dataset(_ recipe: LoadedRecipe) -> Stage {
        let inputs: [StageName] = recipe.recipe.teacherLabels ? [.data, .label] : [.data]
        let reviews = recipe.recipe.data.reviews?.url
        return Stage(
            .dataset,
            reads: [
                "data.validation", "data.calibration", "data.split-seed", "data.near-duplicate-threshold",
                "data.light-edits", "synthesis.keep", "synthesis.attributes", "synthesis.openings", "synthesis.seed",
                "synthesis.noise", "synthesis.filters.exact-duplicates", "synthesis.filters.near-duplicates",
                "synthesis.filters.outliers", "synthesis.filters.label-ratio", "embeddings.model", "embeddings.batch",
                "rounds",
            ],
            from: inputs, files: ["reviews": reviews], revision: 4,
            makes: [datasetFile, contaminatedFile, diversityFile]
        ) { context in
            var stage = try DatasetStage(context)
            return try await stage.run()
        }
    }
}

struct DatasetStage {
    /// With it 43 to 86 % of the rows that are named were wrong, of rows of which 15 % were (600 and 2,000 rows of sst2 and ag_news).
    private static let outlierMargin = 0.3

    let context: StageContext
    let recipe: Recipe
    let fingerprint: Fingerprint
    private var dataset: TextDataset
    private var reviews = ReviewDecisions()
    /// Rows that are still in, in their order.
    private var kept: [Int] = []
    var report = StageReport()

    init(_ context: StageContext) throws {
        self.context = context
        recipe = context.recipe.recipe
        dataset = try DatasetFile.read(context.file(recipe.teacherLabels ? Stage.answersFile : Stage.textsFile))
        fingerprint = try Stage.fingerprint(in: context)
    }

    mutating func run() async throws -> StageReport {
        report.count("texts", dataset.rows.count)
        try applyReviews()
        kept = Array(dataset.rows.indices)
        // First of all, so that every one is listed, and what was never asked about is not taken for an answer.
        let clean = try withoutContaminated()
        try Task.checkCancellation()
        dropUnlabelled()
        tellDrift()
        dropDisagreeing()
        try Task.checkCancellation()
        dropNearDuplicates()
        try Task.checkCancellation()
        dropOutliers()
        dropSurplus()
        try checkLabels()
        var result = clean.selecting(kept, splits: splits())
        report.count("texts kept", result.dataset.rows.count)
        try writeDiversity(of: result.dataset)
        addNoise(to: &result)
        for part in Split.allCases {
            report.count("\(part.name) texts", result.dataset.rows.count { $0.split == part })
        }
        try await embed(&result)
        try result.write(to: context.file(Stage.datasetFile))
        return report
    }

    /// Asks for a vector for each text that is left.
    private mutating func embed(_ result: inout TrainingDataset) async throws {
        guard let section = recipe.embeddings else { return }
        let session = TeacherSession(context, section.teacher)
        let texts = result.dataset.rows.map(\.text)
        let (given, spending) = try await session.run(asks: .embeddings) { teacher, _ in
            try await teacher.embeddings(of: texts, batch: section.batch, progress: session.progress)
        }
        result.attach([
            TextEmbeddings(model: section.teacher.model, dimension: given.dimension, values: given.values)
        ])
        report.count("texts embedded", texts.count, because: "\(given.dimension) numbers each")
        report.add(spending)
    }

    private mutating func applyReviews() throws {
        guard let file = recipe.data.reviews else { return }
        reviews = try ReviewDecisions.read(file.url)
        let (reviewed, counts) = try dataset.applying(reviews, path: file.written)
        dataset = reviewed
        report.count("dropped: by review", counts.dropped)
        report.count("relabelled by review", counts.relabelled)
        let others = reviews.count - counts.kept - counts.dropped - counts.relabelled
        if others > 0 {
            report.count("reviews without effect", others, because: "no text of this run has their id")
        }
    }

    private mutating func dropUnlabelled() {
        drop("without a label", because: "the teacher gave no answer") { stage, row in stage.label(of: row) == nil }
    }

    /// A text of a hard case is only worth something where it is what it was asked to be.
    private mutating func dropDisagreeing() {
        let keepsAll = recipe.synthesis?.keep != .agreeing
        drop("teacher disagrees with itself", because: "its label is not the one it was asked to write for") {
            stage, row in
            // What a person has decided stands.
            guard let intended = stage.dataset.rows[row].intended, stage.reviews[id: stage.dataset.rows[row].id] == nil,
                !keepsAll || stage.dataset.rows[row].isHardCase
            else { return false }
            return stage.dataset.label(of: row) != intended
        }
    }

    /// What a row that stays is to be learned as.
    private func label(of row: Int) -> Int? {
        if recipe.synthesis?.keep == .asked, dataset.rows[row].gold == nil, let intended = dataset.rows[row].intended {
            return intended
        }
        return dataset.label(of: row)
    }

    /// Labels whose texts the teacher itself hardly ever takes for such.
    private mutating func tellDrift() {
        for (label, name) in dataset.labels.enumerated() {
            let written = kept.filter { dataset.rows[$0].intended == label }
            let drifted = written.filter { dataset.label(of: $0) != label }
            guard written.count >= 5, 5 * (written.count - drifted.count) < written.count else { continue }
            let samples = drifted.prefix(3).map { row in
                "“\(dataset.rows[row].text.shortened)” (\(dataset.label(of: row).map { dataset.labels[$0] } ?? ""))"
            }
            report.note(
                "Of \(written.count) texts that the teacher wrote as “\(name)” it gives \(drifted.count) another label, such as "
                    + samples.joined(separator: "; ") + ".")
        }
    }

    /// Goes on with rows that the held-out fingerprint does not know; those that it does are counted and listed by id.
    private mutating func withoutContaminated() throws -> TrainingDataset {
        let clean = TrainingDataset(dataset.selecting(kept), heldOut: fingerprint)
        dataset = clean.dataset
        kept = Array(dataset.rows.indices)
        let byReason = Fingerprint.Match.allCases.map { reason in
            (reason.rawValue, clean.contaminated.count { $0.reason == reason })
        }
        report.count(
            Stage.contaminatedCount, clean.contaminated.count,
            because: "a held-out text, one with light edits, or one that has it in it ("
                + byReason.map { "\($0) \($1)" }.joined(separator: ", ")
                + "): listed in \(Stage.contaminatedFile)")
        let list = try JSONEncoder.readable.encode(clean.contaminated)
        try AtomicFile.write(list, to: context.file(Stage.contaminatedFile))
        return clean
    }

    /// Of texts that nearly copy each other the first stays: labelled texts before unlabelled ones before generated ones.
    private mutating func dropNearDuplicates() {
        let threshold = recipe.data.nearDuplicateThreshold
        let copies = nearDuplicates(in: kept.map { dataset.rows[$0].text }, threshold: threshold)
        let contradicting = kept.indices.count { position in
            guard let original = copies[position], let gold = dataset.rows[kept[position]].gold,
                let other = dataset.rows[kept[original]].gold
            else { return false }
            return gold != other
        }
        let before = kept.count
        kept = zip(kept, copies).filter { row, original in
            original.map { isWanted(copy: row, of: kept[$0]) } ?? true
        }.map(\.0)
        report.count("dropped: near copies", before - kept.count, because: "of a text before them")
        if contradicting > 0 {
            report.note("\(contradicting) of the near copies have another label than the text they copy.")
        }
    }

    /// Generated texts may copy others where the recipe says so, and hard cases where they have another label.
    private func isWanted(copy row: Int, of original: Int) -> Bool {
        guard let filters = recipe.synthesis?.filters, dataset.rows[row].source == .generated else { return false }
        if normalizedText(dataset.rows[row].text) == normalizedText(dataset.rows[original].text) {
            return !filters.exactDuplicates && !filters.nearDuplicates
        }
        return !filters.nearDuplicates
            || dataset.rows[row].isHardCase && dataset.label(of: row) != dataset.label(of: original)
    }

    private mutating func dropOutliers() {
        guard recipe.synthesis?.filters.outliers == true else { return }
        let outliers = labelOutliers(
            texts: kept.map { dataset.rows[$0].text }, labels: kept.map { label(of: $0) },
            count: dataset.labels.count, margin: Self.outlierMargin)
        let implausible = Set(zip(kept, outliers).filter { $0.1 != nil }.map(\.0))
        drop("label implausible", because: "a quick model of all other texts takes it for another one") { stage, row in
            let text = stage.dataset.rows[row]
            return text.source == .generated && !text.isHardCase && implausible.contains(row)
        }
    }

    private mutating func dropSurplus() {
        guard let ratio = recipe.synthesis?.filters.labelRatio else { return }
        let generated = kept.filter { dataset.rows[$0].source == .generated }
        let isSurplus = surplus(of: generated.map { label(of: $0) }, largestRatio: ratio)
        let rows = Set(zip(generated, isSurplus).filter(\.1).map(\.0))
        drop("more of their label than the balance allows", because: "\(ratio) times the rarest one") { _, row in
            rows.contains(row)
        }
    }

    private mutating func checkLabels() throws {
        let earlier = (context.reports[.label]?.counts ?? []).filter { LabelStage.leftOut[$0.name] != nil }
        let dropped = (earlier + report.counts.filter { $0.name.hasPrefix("dropped") }).filter { $0.value > 0 }.map {
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

    /// The part that each row that is left falls into.
    private func splits() -> [Split] {
        // What rounds chose is unlike the pool: only rows drawn by chance judge and calibrate.
        if recipe.rounds != nil { return kept.map { dataset.rows[$0].split } }
        return splitRows(
            texts: kept.map { dataset.rows[$0].text }, strata: kept.map { label(of: $0) },
            fractions: SplitFractions(
                validation: recipe.data.validationFraction, calibration: recipe.data.calibrationFraction),
            seed: UInt64(recipe.data.splitSeed), nearDuplicateThreshold: recipe.data.nearDuplicateThreshold)
    }

    private mutating func addNoise(to result: inout TrainingDataset) {
        guard let synthesis = recipe.synthesis, let noise = synthesis.noise else { return }
        let (noisy, added) = result.dataset.addingNoise(noise, seed: UInt64(synthesis.seed))
        let checked = TrainingDataset(noisy, heldOut: fingerprint)
        report.count(
            "damaged copies added", added - checked.contaminated.count, because: "of generated texts to train on")
        result = checked
    }

    private mutating func drop(_ what: String, because reason: String, _ isDropped: (DatasetStage, Int) -> Bool) {
        let before = kept.count
        let stage = self
        kept = kept.filter { !isDropped(stage, $0) }
        if before > kept.count { report.count("dropped: \(what)", before - kept.count, because: reason) }
    }
}

extension Stage {
    /// What the data stage has kept of the held-out texts.
    static func fingerprint(in context: StageContext) throws -> Fingerprint {
        try fingerprint(at: context.directory, of: context.recipe.recipe)
    }

    static func fingerprint(at directory: RunDirectory, of recipe: Recipe) throws -> Fingerprint {
        var fingerprint = try JSONDecoder().decode(
            Fingerprint.self, from: Data(contentsOf: directory.file(fingerprintFile)))
        fingerprint.knowsEdits = recipe.data.lightEdits == .drop
        return fingerprint
    }
}
