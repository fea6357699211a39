import AttarData
import AttarTeacher

extension RunPlan {
    /// What is known beforehand of rounds: how they begin, and what ends them at the latest.
    package struct Rounds: Sendable {
        /// Texts of the first round, with those that judge, and texts that there are.
        package let texts: ClosedRange<Int>
        /// Of the first round's texts, those that judge.
        package let judges: Int
        /// The key that ends rounds before all texts were asked about.
        package let limit: String?
        package let worthPerPoint: Double?
    }

    /// From the first round alone to all that the recipe allows; gives the texts that may be asked about.
    mutating func addRounds(
        _ section: RoundsSection, _ planner: CallPlanner, labels: [String], own: [TextRow]
    ) async throws -> [String] {
        guard !done.contains(.label) else { return [] }
        let recipe = planner.recipe
        var rows = own
        var written = 0
        if let synthesis = recipe.synthesis, let before = recipe.textsBeforeRounds(labels: labels.count) {
            let least = try await planner.generation(synthesis, count: before, labels: labels, own: own)
            let most = try await planner.generation(synthesis, count: synthesis.texts, labels: labels, own: own)
            lines.append(least.line.through(most.line))
            rows += least.texts.map { TextRow(text: $0, source: .generated) }
            written = synthesis.texts - before
        }
        let budget = try RoundsBudget(recipe, section, labels: labels.count)
        let heldOut = (try? Stage.fingerprint(at: planner.directory, of: recipe)) ?? Fingerprint(heldOut: [])
        let pool = RoundsPool(
            TextDataset(labels: labels, rows: rows), recipe, section, heldOut: heldOut, most: budget.rows,
            further: written)
        let first = pool.first(section, labels: labels.count, most: budget.rows)
        let gold = rows.filter { $0.source == .labelled && recipe.labelling.includeLabelled }.map(\.text)
        let asked = (pool.hasGoldJudges ? [] : pool.judges) + pool.open
        let most = min(asked.count + written, budget.rows)
        rounds = Rounds(
            texts: min(first.count, most)...most, judges: pool.hasGoldJudges ? 0 : pool.judges.count,
            limit: asked.count + written > budget.rows ? budget.key : nil, worthPerPoint: section.worthPerPoint)
        let texts = asked.map { rows[$0].text }
        let bytes = texts.reduce(0) { $0 + $1.utf8.count } / max(texts.count, 1)
        // Which ones are asked about shows on the way.
        let all = Array((texts + planner.placeholders(written, bytes: bytes)).prefix(most))
        let least = try await planner.labellingByAll(
            gold + first.map { rows[$0].text }, labels: labels, isExact: false, stage: .label)
        let whole = try await planner.labellingByAll(gold + all, labels: labels, isExact: false, stage: .label)
        lines += zip(least, whole).map { $0.through($1) }
        return gold + all
    }

    /// What is said of rounds.
    var roundsText: [String] {
        guard let rounds else { return [] }
        var text = "Rounds: at least \(rounds.texts.lowerBound) texts, those of the first one"
        if rounds.judges > 0 { text += " (\(rounds.judges) of them judge)" }
        text += "; at most \(rounds.texts.upperBound), "
        text += rounds.limit.map { "all that \($0) allows. " } ?? "all there are. "
        var ends: [String] = []
        if let worth = rounds.worthPerPoint {
            ends.append(
                "from the fourth round on, where the next one costs more than it brings at rounds.worth-per-point "
                    + worth.digits(4))
        }
        if let end = limitedTexts { ends.append(end) }
        guard !ends.isEmpty else {
            let way = "rounds.worth-per-point or a limit of the teacher would end them earlier."
            return [text + "Nothing ends them before: \(way)"]
        }
        return [
            text + "They end before that " + ends.joined(separator: "; or ")
                + ". Which texts are asked about, and how many, only the answers tell."
        ]
    }

    /// How far the teacher's limits go beside what evaluation takes; nil where they go to the end.
    private var limitedTexts: String? {
        let labels = lines.filter { $0.stage == .label || $0.stage == .generate }
        let evaluation = lines.filter { $0.stage == .evaluate }
        guard let rounds else { return nil }
        var tightest: (key: String, texts: Int)?
        func add(_ key: String, _ limit: Double?, _ spent: Double, _ figure: (Line) -> ClosedRange<Double>) {
            guard let limit else { return }
            let most = labels.reduce(0) { $0 + figure($1).upperBound }
            let kept = evaluation.reduce(0) { $0 + figure($1).upperBound }
            let left = max(limit - spent - kept, 0)
            guard most > left else { return }
            let texts = Int(Double(rounds.texts.upperBound) * left / most)
            if texts < tightest?.texts ?? .max { tightest = ("teacher.\(key) \(limit.digits(4))", texts) }
        }
        add("request-limit", budget.requests.map(Double.init), Double(spent.requests)) {
            Double($0.calls.lowerBound)...Double($0.calls.upperBound)
        }
        add("token-limit", budget.tokens.map(Double.init), Double(spent.tokens)) {
            Double(
                $0.inputTokens.lowerBound + $0.outputTokens.lowerBound)...Double(
                    $0.inputTokens.upperBound + $0.outputTokens.upperBound)
        }
        add("cost-limit", budget.cost, spent.cost) { $0.cost ?? 0...0 }
        return tightest.map {
            "at \($0.key), of which evaluation keeps its part: after about \(max($0.texts, rounds.texts.lowerBound)) texts or more"
        }
    }
}

extension RunPlan.Line {
    /// From what this one takes at least to what another one takes at most.
    fileprivate func through(_ most: RunPlan.Line) -> RunPlan.Line {
        func range<Value>(_ lower: Value, _ upper: Value) -> ClosedRange<Value> { min(lower, upper)...upper }
        return RunPlan.Line(
            stage: stage, model: model, coverage: most.coverage,
            calls: range(calls.lowerBound, most.calls.upperBound), isExact: false,
            inputTokens: range(inputTokens.lowerBound, most.inputTokens.upperBound),
            outputTokens: range(outputTokens.lowerBound, most.outputTokens.upperBound),
            cost: cost.flatMap { cost in most.cost.map { range(cost.lowerBound, $0.upperBound) } },
            seconds: most.seconds)
    }
}
