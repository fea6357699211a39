import AttarData
import AttarEvaluation
import AttarTeacher
import Foundation

/// Counts calls to one teacher by the stages' own code, with a teacher that only counts.
struct CallPlanner {
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
        _ synthesis: SynthesisSection, count: Int, labels: [String], own: [TextRow]
    ) async throws -> (line: RunPlan.Line, texts: [String]) {
        // As the generate stage takes them, with what a run has kept of the held-out texts, if there was one.
        let seeds = GenerationSeeds(
            own, labels: labels, heldOut: try? Stage.fingerprint(at: directory, of: recipe),
            nearDuplicateThreshold: recipe.data.nearDuplicateThreshold)
        let task = recipe.generationTask(
            synthesis, labels: labels, teacher: section, seeds: synthesis.showsSeeds ? seeds.examples : [])
        let requests = try task.requests(count: count)
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

    /// The first teacher, and those after it: how many texts will be disputed is not known, all are the most there can be.
    func labellingByAll(
        _ texts: [String], labels: [String], isExact: Bool, stage: StageName, isDone: Bool = false
    ) async throws -> [RunPlan.Line] {
        var lines = [try await labelling(texts, labels: labels, isExact: isExact, stage: stage)]
        // Once the stage is done, what was disputed was asked about.
        for further in recipe.furtherTeachers where further.asked == .every || !isDone {
            let planner = CallPlanner(
                recipe: recipe, section: further.teacher.settled(in: directory), directory: directory)
            lines.append(
                try await planner.labelling(
                    texts, labels: labels, isExact: isExact && further.asked == .every, stage: stage))
        }
        return lines
    }

    /// Held-out rows that the teacher is to be asked about, and the mean length of their texts: by what the run has counted and
    /// the size of the file, else the rows are counted now.
    func heldOutSize() throws -> (rows: Int, bytes: Int)? {
        guard recipe.evaluate.teacher, let file = recipe.data.heldOut else { return nil }
        let report = (try? directory.record())?[.data]?.report
        if let rows = report?.counts.first(where: { $0.name == "held-out texts" })?.value, rows > 0 {
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.url.path)
            return (rows, ((attributes?[.size] as? Int) ?? 0) / rows)
        }
        let size = try HeldOutSet.size(
            of: file.url, textColumn: recipe.data.textColumn, labelColumn: recipe.data.labelColumn)
        return (size.rows, size.textBytes / max(size.rows, 1))
    }

    /// What the evaluation asks, by texts as many and as long as the held-out ones.
    func evaluation(labels: [String]) async throws -> [RunPlan.Line] {
        guard let size = try heldOutSize(), size.rows > 0 else { return [] }
        return try await labellingByAll(
            placeholders(size.rows, bytes: size.bytes), labels: labels, isExact: false, stage: .evaluate)
    }

    func placeholders(_ count: Int, bytes: Int) -> [String] {
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
