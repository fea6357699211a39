import AttarData
import AttarTeacher
import Foundation

/// What a run is going to ask of its teacher, before anything is sent: calls, tokens, cost and time, stage by stage, and
/// how much of it the ledger holds already.
package struct RunPlan: Sendable {
    package struct Line: Sendable {
        package let stage: StageName
        package let model: String
        package let coverage: CallCoverage
        /// Calls that are still to be sent: more than are open where the first answers decide on further ones.
        package let calls: ClosedRange<Int>
        /// Whether the texts are known; else they are of a likely length.
        package let isExact: Bool
        package let inputTokens: ClosedRange<Int>
        package let outputTokens: ClosedRange<Int>
        /// In the recipe's currency; nil without prices.
        package let cost: ClosedRange<Double>?
        /// Nil where the endpoint's speed is not known: `attar teacher probe` measures it.
        package let seconds: Double?
    }

    package private(set) var lines: [Line] = []
    /// Stages that are done: they ask for nothing any more.
    package private(set) var done: [StageName] = []
    /// What the run spent so far.
    package private(set) var spent = Amount()
    package let budget: Budget

    /// Works from the ledger and the run's own record. Held-out rows are not read: their number is what the run has
    /// counted, else it is taken from the size of the file.
    package init(_ loaded: LoadedRecipe, in directory: RunDirectory) async throws {
        let recipe = loaded.recipe
        guard let section = recipe.teacher else {
            budget = Budget()
            return
        }
        let planner = Planner(recipe: recipe, section: section.settled(in: directory), directory: directory)
        budget = planner.configuration.budget
        done = try Pipeline(loaded).finished(in: directory)
        let labels = try planner.labels()
        let own = try planner.ownRows(labels)
        var texts = own.filter { $0.source == .unlabelled || recipe.labelling.includeLabelled }.map(\.text)
        var isExact = recipe.rounds == nil
        if let synthesis = recipe.synthesis {
            let (line, generated) = try await planner.generation(synthesis, labels: labels, own: own)
            lines.append(line)
            isExact = isExact && line.coverage.open == 0
            texts += generated
        }
        if let most = recipe.rounds?.most { texts = Array(texts.prefix(most)) }
        // Once the stage is done it is known that some texts were not worth asking about.
        if recipe.rounds == nil, done.contains(.label) {
            texts = try DatasetFile.read(directory.file(Stage.answersFile)).rows.filter {
                $0.source != .labelled || recipe.labelling.includeLabelled
            }.map(\.text)
        }
        if !texts.isEmpty { try await addLabelling(texts, planner, labels: labels, isExact: isExact, stage: .label) }
        if let embeddings = recipe.embeddings, !done.contains(.dataset) {
            let planner = Planner(recipe: recipe, section: embeddings.teacher, directory: directory)
            lines.append(try await planner.embedding(texts, batch: embeddings.batch))
        }
        if recipe.evaluate.teacher, let file = recipe.data.heldOut, !done.contains(.evaluate) {
            let rows = planner.likelyRows(in: file.url, like: texts)
            try await addLabelling(rows, planner, labels: labels, isExact: false, stage: .evaluate)
        }
        spent = try await planner.with { try await $0.ledger.spent(on: directory.account) }
    }

    /// The first teacher, and those after it: how many texts will be disputed is not known, all are the most there can be.
    private mutating func addLabelling(
        _ texts: [String], _ planner: Planner, labels: [String], isExact: Bool, stage: StageName
    ) async throws {
        lines.append(try await planner.labelling(texts, labels: labels, isExact: isExact, stage: stage))
        // Once the stage is done, what was disputed was asked about.
        for further in planner.recipe.furtherTeachers where further.asked == .every || !done.contains(stage) {
            let planner = Planner(
                recipe: planner.recipe, section: further.teacher.settled(in: planner.directory),
                directory: planner.directory)
            lines.append(
                try await planner.labelling(
                    texts, labels: labels, isExact: isExact && further.asked == .every, stage: stage))
        }
    }
}

extension Pipeline {
    /// The first stages that a run would keep as they are.
    fileprivate func finished(in directory: RunDirectory) throws -> [StageName] {
        guard let record = try directory.record() else { return [] }
        let cache = StageCache(directory: directory, recipe: recipe)
        return try stages.prefix { stage in
            cache.isCurrent(stage, key: try cache.inputs(of: stage, record: record).key, record: record)
        }.map(\.name)
    }
}

private struct Planner {
    let recipe: Recipe
    let section: TeacherSection
    let directory: RunDirectory

    var configuration: TeacherConfiguration {
        var configuration = section.configuration(
            ledger: section.ledger?.url ?? directory.sharedLedger, account: directory.account, isOffline: true)
        configuration.isPlanning = true
        return configuration
    }

    private var probe: TeacherProbe? { ProbeFile(directory).probe(of: section.endpoint, model: section.model) }

    func with<Result>(_ body: (Teacher) async throws -> Result) async throws -> Result {
        try await Teacher.use(configuration, body)
    }

    func labels() throws -> [String] {
        let listed = recipe.labels.map(\.name)
        guard listed.isEmpty, let file = recipe.data.labelled else { return listed }
        let rows = try TextTable.read(
            file.url, textColumn: recipe.data.textColumn, labelColumn: recipe.data.labelColumn)
        return Set(rows.compactMap(\.label)).sorted()
    }

    /// The user's texts as a run keeps them.
    func ownRows(_ labels: [String]) throws -> [TextRow] {
        let data = recipe.data
        let labelled = try data.labelled.map {
            try TextTable.read($0.url, textColumn: data.textColumn, labelColumn: data.labelColumn)
        }
        let unlabelled = try data.unlabelled.map {
            try TextTable.read($0.url, textColumn: data.textColumn, labelColumn: nil)
        }
        func rows(_ texts: [LabelledText]?, _ source: Source) -> [TextRow] {
            let texts = (texts ?? []).filter { $0.text.contains { !$0.isWhitespace } }
            let scrubbed = recipe.privacy?.scrubber.scrub(texts.map(\.text)).texts ?? texts.map(\.text)
            return zip(texts, scrubbed).map { text, scrubbed in
                TextRow(text: scrubbed, source: source, gold: text.label.flatMap(labels.firstIndex(of:)))
            }
        }
        return rows(labelled, .labelled) + rows(unlabelled, .unlabelled)
    }

    func generation(
        _ synthesis: SynthesisSection, labels: [String], own: [TextRow]
    ) async throws -> (line: RunPlan.Line, texts: [String]) {
        // As the generate stage takes them, with what a run has kept of the held-out texts, if there was one.
        let seeds = GenerationSeeds(
            own, labels: labels, heldOut: try? Stage.fingerprint(at: directory, of: recipe),
            nearDuplicateThreshold: recipe.data.nearDuplicateThreshold)
        let task = recipe.generationTask(
            synthesis, labels: labels, teacher: section, seeds: synthesis.showsSeeds ? seeds.examples : [])
        let requests = try task.requests(count: synthesis.texts)
        let filters = GenerationFilters(recipe, synthesis, own: own.map(\.text))
        let (texts, coverage) = try await with { teacher in
            (
                try await teacher.generate(requests, task: task, isKept: { filters.areKept($0, task) }),
                teacher.coverage
            )
        }
        let flaws = filters.flaws(of: texts, task)
        let known = zip(texts, flaws).compactMap { $1 == nil ? $0.text : nil }
        let length = known.isEmpty ? 2 * synthesis.maximumTokens : known.reduce(0) { $0 + $1.utf8.count } / known.count
        // Rejected texts of the ledger are not labelled; those to come are counted as if none were.
        let awaited = placeholders(coverage.open, bytes: length)
        return (try await line(.generate, coverage, isExact: true), known + awaited)
    }

    func labelling(
        _ texts: [String], labels: [String], isExact: Bool, stage: StageName
    ) async throws -> RunPlan.Line {
        let task = recipe.labelTask(
            labels: labels, teacher: section, similar: try recipe.similarExamplesOfFile(labels: labels))
        let probe = probe
        let hasLogprobs = probe?[section.form].map { $0.logprobs != nil } ?? true
        let purpose: CallPurpose = stage == .evaluate ? .evaluation : .training
        let asked = probe?.adapted(task) ?? task
        var coverage = try await with { teacher in
            _ = try await teacher.label(texts, task: asked, purpose: purpose, hasLogprobs: hasLogprobs)
            return teacher.coverage
        }
        // The rows themselves stay closed: the ledger says how many of such answers it has.
        if stage == .evaluate {
            let model = section.model
            coverage.assumeRecorded(try await with { try await $0.ledger.answers(of: model, purpose: purpose) })
        }
        // Scoring asks on by what the first answers are.
        let isScoring = try LabelPlan(asked, hasLogprobs: hasLogprobs).method == .scoring
        return try await line(
            stage, coverage, isExact: isExact && !isScoring, mostCallsEach: isScoring ? asked.scoringCalls : 1)
    }

    /// Which texts are left to embed is known when they are: all of them are the most there can be.
    func embedding(_ texts: [String], batch: Int) async throws -> RunPlan.Line {
        let coverage = try await with { teacher in
            _ = try? await teacher.embeddings(of: texts, batch: batch)
            return teacher.coverage
        }
        return try await line(.dataset, coverage, isExact: false)
    }

    /// As many rows as the file has, or is likely to have.
    func likelyRows(in file: URL, like texts: [String]) -> [String] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        let bytes = (attributes?[.size] as? Int) ?? 0
        let data = (try? directory.record())?[.data]?.report
        if let counted = data?.counts.first(where: { $0.name == "held-out texts" })?.value, counted > 0 {
            return placeholders(counted, bytes: bytes / counted)
        }
        let mean = texts.isEmpty ? 100 : max(texts.reduce(0) { $0 + $1.utf8.count } / texts.count, 1)
        return placeholders(bytes / (mean + 12), bytes: mean)
    }

    private func placeholders(_ count: Int, bytes: Int) -> [String] {
        (0..<count).map { "\($0) " + String(repeating: "x", count: max(bytes - 6, 1)) }
    }

    /// Tokens by the ledger's own ratio to bytes where it has calls of this kind or of this model, else three to five
    /// bytes a token.
    private func line(
        _ stage: StageName, _ coverage: CallCoverage, isExact: Bool, mostCallsEach: Int = 1
    ) async throws -> RunPlan.Line {
        var input = (coverage.openBytes / 5)...(coverage.openBytes / 3)
        var output = min(coverage.open, coverage.openMostOutput)...coverage.openMostOutput
        let model = section.model
        if coverage.recorded >= 20, coverage.recordedUsage.input > 0 {
            let perByte = Double(coverage.recordedUsage.input) / Double(max(coverage.recordedBytes, 1))
            let perCall = Double(coverage.recordedUsage.output) / Double(coverage.recorded)
            input = around(perByte * Double(coverage.openBytes))
            output = around(perCall * Double(coverage.open)).clamped(to: output)
        } else if let perByte = try await with({ try await $0.ledger.inputTokensPerByte(of: model) }) {
            input = around(perByte * Double(coverage.openBytes))
        }
        input = input.lowerBound...input.upperBound * mostCallsEach
        output = output.lowerBound...output.upperBound * mostCallsEach
        let prices = configuration.prices
        func cost(_ input: Int, _ output: Int) -> Double {
            (Double(input) * (prices.perMillionInputTokens ?? 0) + Double(output) * (prices.perMillionOutputTokens ?? 0))
                / 1e6
        }
        let hasPrices = prices.perMillionInputTokens != nil || prices.perMillionOutputTokens != nil
        let speed = probe?.speeds.last { $0.inFlight <= section.concurrency }
        return RunPlan.Line(
            stage: stage, model: section.model, coverage: coverage,
            calls: coverage.open...coverage.open * mostCallsEach, isExact: isExact, inputTokens: input,
            outputTokens: output,
            cost: hasPrices
                ? cost(input.lowerBound, output.lowerBound)...cost(input.upperBound, output.upperBound) : nil,
            seconds: speed.map { Double(coverage.open) / max($0.callsPerSecond, 1e-9) })
    }

    private func around(_ value: Double) -> ClosedRange<Int> { Int(value * 0.9)...Int((value * 1.1).rounded(.up)) }
}
