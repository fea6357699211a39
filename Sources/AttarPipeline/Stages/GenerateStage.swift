import AttarData
import AttarTeacher
import Foundation

extension Stage {
    /// The teacher writes texts, one a call → generated.h5.
    static func generate(_ recipe: LoadedRecipe) -> Stage {
        // With rounds, these have the others written.
        let rounds = recipe.recipe.rounds == nil ? [] : ["rounds.first", "rounds.validation"]
        let keys = [
            "texts", "instruction", "text-heading", "label-heading", "examples", "seed-examples", "attributes",
            "exclude", "openings", "temperature", "max-tokens", "stop", "least-characters", "hard-cases", "confused",
            "seed", "filters.format", "filters.language", "filters.length", "filters.prompt-echo",
            "filters.exact-duplicates", "filters.near-duplicates",
        ]
        return Stage(
            .generate,
            reads: [
                "labels", "teacher.model", "teacher.prompt-form", "teacher.sends-seed", "data.near-duplicate-threshold",
                "data.light-edits",
            ] + keys.map { "synthesis." + $0 } + rounds,
            from: [.data], revision: 3, makes: [generatedFile]
        ) { context in
            let recipe = context.recipe.recipe
            guard let teacher = recipe.teacher, let synthesis = recipe.synthesis else { return StageReport() }
            var stage = try GenerateStage(context, synthesis)
            return try await stage.run(teacher)
        }
    }
}

struct GenerateStage {
    let context: StageContext
    let recipe: Recipe
    let synthesis: SynthesisSection
    let labels: [String]
    /// The user's own texts.
    let own: [TextRow]
    var report = StageReport()

    init(_ context: StageContext, _ synthesis: SynthesisSection) throws {
        self.context = context
        self.synthesis = synthesis
        recipe = context.recipe.recipe
        let dataset = try DatasetFile.read(context.file(Stage.textsFile))
        labels = dataset.labels
        own = dataset.rows
    }

    mutating func run(_ teacher: TeacherSection) async throws -> StageReport {
        // What would stop a later stage is to stop this one, before anything is paid for.
        let few = min(synthesis.texts, teacher.requestLimit ?? .max)
        guard few >= labels.count else {
            throw TextDataError.fewerTextsThanLabels(
                texts: few, labels: labels.count,
                key: few == synthesis.texts ? "synthesis.texts" : "teacher.request-limit")
        }
        let seeds = try usableSeeds()
        let section = try await teacher.settled(in: context)
        if teacher.promptForm == .automatic {
            report.note("Prompts go to the teacher as \(section.form.rawValue): by what the probe found.")
        }
        let writer = TextWriter(
            context: context, synthesis: synthesis, teacher: section, labels: labels, own: own, seeds: seeds)
        let count = recipe.textsBeforeRounds(labels: labels.count) ?? synthesis.texts
        let written = try await writer.write(0..<count)
        if count < synthesis.texts { report.note("Up to \(synthesis.texts - count) more are written in rounds.") }
        tell(written)
        try tellLabels(written)
        try DatasetFile.write(TextDataset(labels: labels, rows: written.rows), to: context.file(Stage.generatedFile))
        return report
    }

    private mutating func usableSeeds() throws -> [GenerationExample] {
        let seeds = GenerationSeeds(
            own, labels: labels, heldOut: try Stage.fingerprint(in: context),
            nearDuplicateThreshold: recipe.data.nearDuplicateThreshold)
        guard synthesis.showsSeeds else { return [] }
        if let file = recipe.data.labelled, seeds.labelled > 0, seeds.heldOut == seeds.labelled {
            throw TextDataError.seedsHeldOut(
                path: file.written, count: seeds.labelled, hasHardCases: synthesis.hardCases > 0)
        }
        seeds.tell(&report, labels: labels)
        let shown = synthesis.seedExamples(of: .max)
        if shown > 0, (1...shown).contains(seeds.examples.count) {
            let few =
                seeds.examples.count == 1 ? "the same labelled text" : "the same \(seeds.examples.count) labelled texts"
            report.note(
                "Every call shows the teacher \(few): data.labelled has no others to draw from. Texts come out less alike with "
                    + "more than \(shown).")
        }
        return seeds.examples
    }
}
