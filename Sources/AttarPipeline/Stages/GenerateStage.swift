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
            from: [.data], revision: 2, makes: [generatedFile]
        ) { context in
            let recipe = context.recipe.recipe
            guard let teacher = recipe.teacher, let synthesis = recipe.synthesis else { return StageReport() }
            var stage = try GenerateStage(context, synthesis)
            return try await stage.run(teacher)
        }
    }
}

private struct GenerateStage {
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
        let (texts, flaws) = (written.texts, written.flaws)
        if count < synthesis.texts { report.note("Up to \(synthesis.texts - count) more are written in rounds.") }
        tell(texts, flaws, written.spending)
        try tellLabels(texts, flaws)
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
        return seeds.examples
    }

    // MARK: What is told

    private mutating func tell(_ texts: [GeneratedText], _ flaws: [TextFlaw?], _ spending: Spending) {
        report.count("texts asked for", texts.count)
        let hard = texts.count { $0.request.isHard }
        if hard > 0 { report.count("hard cases among them", hard) }
        for rejection in GeneratedText.Rejection.allCases {
            let count = texts.count { $0.rejection == rejection }
            if count > 0 { report.count("rejected: \(rejection.meaning)", count) }
        }
        for (flaw, count) in flaws.counts { report.count("rejected: \(flaw.meaning)", count) }
        report.count("texts written", zip(texts, flaws).count { $0.text != nil && $1 == nil })
        let again = texts.count { $0.request.pass > 0 }
        if again > 0 {
            report.count(
                "texts for a combination of attributes that was there before", again,
                because: "the grid has no more of them")
        }
        report.add(spending)
    }

    /// Labels that hardly a text was written for, with examples of what came back; throws for one without any text at all.
    private mutating func tellLabels(_ texts: [GeneratedText], _ flaws: [TextFlaw?]) throws {
        for label in labels.indices {
            let asked = texts.indices.filter { texts[$0].request.label == label }
            let lost = asked.filter { texts[$0].text == nil || flaws[$0] != nil }
            guard !asked.isEmpty, 5 * (asked.count - lost.count) < asked.count else { continue }
            let samples = lost.prefix(3).map { index in
                let reason = texts[index].rejection?.meaning ?? flaws[index]?.meaning ?? ""
                return "“\(texts[index].answer.shortened)” (\(reason))"
            }
            if lost.count == asked.count, !own.contains(where: { $0.gold == label || $0.source == .unlabelled }) {
                throw TextDataError.nothingWritten(label: labels[label], asked: asked.count, samples: samples)
            }
            report.note(
                "The teacher hardly writes texts of “\(labels[label])”: \(lost.count) of \(asked.count) were rejected, such as "
                    + samples.joined(separator: "; ") + ".")
        }
    }
}

extension GeneratedText.Rejection {
    fileprivate var meaning: String {
        switch self {
        case .empty: "empty"
        case .tooShort: "too short"
        case .echo: "repeats the prompt"
        case .cut: "cut off in its first sentence"
        case .refusal: "the teacher refuses, or speaks of itself"
        case .unchanged: "an edit that changed nothing"
        }
    }
}
