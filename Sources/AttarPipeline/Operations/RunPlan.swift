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
    /// What the run spent so far.
    package private(set) var spent = Amount()
    package let budget: Budget

    /// Works from the ledger alone. Held-out rows are not read: their number is what the run has counted, else it is taken
    /// from the size of the file.
    package init(_ loaded: LoadedRecipe, in directory: RunDirectory) async throws {
        let recipe = loaded.recipe
        guard let section = recipe.teacher else {
            budget = Budget()
            return
        }
        let planner = Planner(recipe: recipe, section: section, directory: directory)
        budget = planner.configuration.budget
        let labels = try planner.labels()
        var texts = try planner.unlabelledTexts()
        var isExact = recipe.rounds == nil
        if let synthesis = recipe.synthesis {
            let (line, generated) = try await planner.generation(synthesis, labels: labels)
            lines.append(line)
            isExact = isExact && line.coverage.open == 0
            texts += generated
        }
        if let most = recipe.rounds?.most {
            texts = Array(texts.prefix(most))
        }
        if !texts.isEmpty {
            lines.append(
                try await planner.labelling(texts, labels: labels, purpose: .training, isExact: isExact, stage: .label))
            for further in recipe.furtherTeachers {
                // How many texts will be disputed is not known: all of them are the most there can be.
                lines.append(
                    try await Planner(recipe: recipe, section: further.teacher, directory: directory).labelling(
                        texts, labels: labels, purpose: .training, isExact: isExact && further.asked == .every,
                        stage: .label))
            }
        }
        if recipe.evaluate.teacher, let file = recipe.data.heldOut {
            let rows = planner.likelyRows(in: file.url, like: texts)
            lines.append(
                try await planner.labelling(
                    rows, labels: labels, purpose: .evaluation, isExact: false, stage: .evaluate))
        }
        spent = try await planner.with { try await $0.ledger.spent(on: directory.account) }
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

    /// Texts of the user that the teacher is to label.
    func unlabelledTexts() throws -> [String] {
        let column = recipe.data.textColumn
        var texts = try recipe.data.unlabelled.map { try TextTable.read($0.url, textColumn: column, labelColumn: nil) }
        if recipe.labelling.includeLabelled, let file = recipe.data.labelled {
            texts = (texts ?? []) + (try TextTable.read(file.url, textColumn: column, labelColumn: nil))
        }
        return (texts ?? []).map(\.text)
    }

    func generation(
        _ synthesis: SynthesisSection, labels: [String]
    ) async throws -> (line: RunPlan.Line, texts: [String]) {
        let task = recipe.generationTask(synthesis, labels: labels)
        let requests = try task.requests(count: synthesis.texts)
        let (texts, coverage) = try await with { teacher in
            (try await teacher.generate(requests, task: task).map(\.text), teacher.coverage)
        }
        let known = texts.compactMap(\.self)
        let length = known.isEmpty ? 2 * synthesis.maximumTokens : known.reduce(0) { $0 + $1.utf8.count } / known.count
        // Rejected texts of the ledger are not labelled; those to come are counted as if none were.
        let awaited = placeholders(coverage.open, bytes: length)
        return (line(.generate, coverage, isExact: true), known + awaited)
    }

    func labelling(
        _ texts: [String], labels: [String], purpose: CallPurpose, isExact: Bool, stage: StageName
    ) async throws -> RunPlan.Line {
        let task = recipe.labelTask(
            labels: labels, teacher: section, similar: try recipe.similarExamplesOfFile(labels: labels))
        let texts = recipe.privacy?.scrubber.scrub(texts).texts ?? texts
        let coverage = try await with { teacher in
            _ = try await teacher.label(texts, task: task, purpose: purpose)
            return teacher.coverage
        }
        // Scoring asks on by what the first answers are.
        return line(stage, coverage, isExact: try isExact && LabelPlan(task).method != .scoring)
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

    /// Tokens by the ledger's own ratio to bytes where it has calls of this kind, else three to five bytes a token.
    private func line(_ stage: StageName, _ coverage: CallCoverage, isExact: Bool) -> RunPlan.Line {
        var input = (coverage.openBytes / 5)...(coverage.openBytes / 3)
        var output = min(coverage.open, coverage.openMostOutput)...coverage.openMostOutput
        if coverage.recorded >= 20, coverage.recordedUsage.input > 0 {
            let perByte = Double(coverage.recordedUsage.input) / Double(max(coverage.recordedBytes, 1))
            let perCall = Double(coverage.recordedUsage.output) / Double(coverage.recorded)
            input = around(perByte * Double(coverage.openBytes))
            output = around(perCall * Double(coverage.open)).clamped(to: output)
        }
        let prices = configuration.prices
        func cost(_ input: Int, _ output: Int) -> Double {
            (Double(input) * (prices.perMillionInputTokens ?? 0) + Double(output) * (prices.perMillionOutputTokens ?? 0))
                / 1e6
        }
        let hasPrices = prices.perMillionInputTokens != nil || prices.perMillionOutputTokens != nil
        let speeds = ProbeFile(directory).probe(of: section.endpoint, model: section.model)?.speeds ?? []
        let speed = speeds.last { $0.inFlight <= section.concurrency }
        return RunPlan.Line(
            stage: stage, model: section.model, coverage: coverage, isExact: isExact, inputTokens: input,
            outputTokens: output,
            cost: hasPrices
                ? cost(input.lowerBound, output.lowerBound)...cost(input.upperBound, output.upperBound) : nil,
            seconds: speed.map { Double(coverage.open) / max($0.callsPerSecond, 1e-9) })
    }

    private func around(_ value: Double) -> ClosedRange<Int> { Int(value * 0.9)...Int((value * 1.1).rounded(.up)) }
}
