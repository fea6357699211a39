import AttarData
import AttarStatistics
import AttarTeacher
import Foundation

extension Stage {
    /// What the label stage reads beside its own keys where the recipe has rounds.
    static let roundsKeys = [
        "rounds", "student", "train", "synthesis", "data.near-duplicate-threshold", "data.light-edits",
        "data.validation",
        "data.calibration", "teacher.request-limit", "teacher.token-limit", "teacher.cost-limit",
        "teacher.price-per-million-input-tokens", "teacher.price-per-million-output-tokens",
    ]
}

extension LabelStage {
    /// Asks in rounds; leaves rows that were not asked about out of the dataset, and divides the others.
    mutating func askInRounds(
        _ section: RoundsSection, _ dataset: inout TextDataset, _ similar: SimilarExamples?
    ) async throws {
        let fingerprint = try Stage.fingerprint(in: context)
        var rounds = try LabelRounds(recipe, section, dataset: dataset, heldOut: fingerprint)
        let gold = dataset.rows.indices.filter {
            dataset.rows[$0].source == .labelled && recipe.labelling.includeLabelled
        }
        let representative = Set(rounds.firstRows + gold)
        let context = context
        var texts = dataset
        var labels: [TeacherLabels] = []
        let writer = try await textWriter(dataset)
        var numbers = recipe.textsBeforeRounds(labels: dataset.labels.count) ?? 0
        let before = numbers
        var complete = texts.rows.count
        var earlier: [GeneratedText] = []
        let writable = writer.map { $0.synthesis.texts - numbers } ?? 0
        try await rounds.run(writable: writable) { aim, count in
            guard
                let written = try await writer?.write(
                    numbers..<numbers + count, aim: aim, earlier: earlier,
                    known: texts.rows.filter { $0.source == .generated })
            else { return [] }
            numbers += count
            earlier += written.texts
            add(written.spending)
            defer { texts.rows += written.rows }
            return Array(texts.rows.count..<texts.rows.count + written.rows.count)
        } ask: { batch in
            let rows = given.isEmpty ? gold + batch : batch
            try await ask(about: rows, texts, similar, representative: representative)
            labels = weighedLabels(texts)
            complete = texts.rows.count
            var answered = texts
            answered.teachers = labels
            return LabelRounds.Answers(
                dataset: answered, cost: cost, rows: given.first?.rows.count ?? 0)
        } tell: { round in
            context.note(round.line)
            try context.metric(round.metric)
        }
        // Texts that were written for a round that could not be finished have no label.
        texts.rows.removeSubrange(complete...)
        let written = texts.rows.count - dataset.rows.count
        if numbers - before > earlier.count {
            report.count(
                "texts not asked for in rounds", numbers - before - earlier.count,
                because: "none before them of their label was of use")
        }
        if written > 0 {
            report.count(
                "texts written in rounds", written,
                because: "of \(earlier.count) asked for, aimed at what is confused")
        }
        dataset = texts
        tellAnswers(dataset)
        tell(rounds, dataset)
        dataset.teachers = labels
        divide(&dataset, rounds)
        try AtomicFile.write(try JSONEncoder.pretty.encode(rounds.rounds), to: context.file(Stage.roundsFile))
    }

    /// Who writes further texts in rounds; nil where none are.
    private func textWriter(_ dataset: TextDataset) async throws -> TextWriter? {
        guard let synthesis = recipe.synthesis, let teacher = recipe.teacher else { return nil }
        let own = dataset.rows.filter { $0.source != .generated }
        let seeds = GenerationSeeds(
            own, labels: dataset.labels, heldOut: try Stage.fingerprint(in: context),
            nearDuplicateThreshold: recipe.data.nearDuplicateThreshold)
        return TextWriter(
            context: context, synthesis: synthesis, teacher: try await teacher.settled(in: context),
            labels: dataset.labels, own: own, seeds: synthesis.showsSeeds ? seeds.examples : [])
    }

    /// Rows drawn by chance are validation and calibration rows, as the recipe divides them; all others are trained on.
    private func divide(_ dataset: inout TextDataset, _ rounds: LabelRounds) {
        let data = recipe.data
        let share = data.validationFraction / (data.validationFraction + data.calibrationFraction)
        let validation = Int((Double(rounds.judges.count) * share).rounded())
        for (place, row) in rounds.judges.enumerated() {
            dataset.rows[row].split = place < validation ? .validation : .calibration
        }
        let kept = Set(rounds.asked).union(rounds.contaminated)
        dataset = dataset.selecting(dataset.rows.indices.filter { dataset.rows[$0].gold != nil || kept.contains($0) })
    }

    private mutating func tell(_ rounds: LabelRounds, _ dataset: TextDataset) {
        report.count("rounds", rounds.rounds.count)
        let pool = dataset.rows.indices.filter { dataset.rows[$0].gold == nil }
        let contaminated = rounds.contaminated.count { dataset.rows[$0].gold == nil }
        report.count("texts not asked about: held out", contaminated, because: "known to the held-out fingerprint")
        report.count("texts not asked about: near copies", rounds.copies, because: "of another text")
        report.count(
            "texts not asked about", pool.count - rounds.asked.count - contaminated - rounds.copies,
            because: rounds.rounds.last?.decision.words ?? "")
        report.count(
            "texts that judge the rounds", rounds.judges.count,
            because: rounds.hasGoldJudges ? "with right labels" : "drawn by chance, labelled by the teacher")
        for round in rounds.rounds { report.note(round.line) }
        guard let confusions = rounds.rounds.last?.confusions, !confusions.isEmpty else { return }
        let pairs = confusions.map { "\($0.label) taken for \($0.takenFor) (\($0.count))" }
        report.note("Most often confused in the end: \(pairs.joined(separator: ", ")).")
    }
}

extension LabelRound {
    var metric: JSONValue {
        var members: [JSONValue.Member] = [
            .init("round", .integer(number)), .init("asked", .integer(asked)),
            .init("asked-in-all", .integer(askedInAll)), .init("trained", .integer(trained)),
        ]
        func add(_ name: String, _ value: Double?) {
            if let value { members.append(.init(name, .number(value))) }
        }
        add("cost", cost)
        add("validation-accuracy", accuracy)
        add("validation-accuracy-lower", accuracyInterval?.lower)
        add("validation-accuracy-upper", accuracyInterval?.upper)
        add("gain", gain?.gain)
        add("gain-lower", gain?.interval.lower)
        add("gain-upper", gain?.interval.upper)
        add("price", nextPrice)
        add("points-per-cost", gainPerCost)
        add("points-per-cost-lower", gainPerCostInterval?.lower)
        add("points-per-cost-upper", gainPerCostInterval?.upper)
        members.append(.init("decision", .text(decision.words)))
        return .object(members)
    }

    /// The round in a line.
    var line: String {
        var line = "Round \(number): \(asked) texts, \(askedInAll) in all"
        if let cost { line += ", cost so far \(cost.digits(4))" }
        if let accuracy, let accuracyInterval {
            line += "; accuracy \(accuracy.percent) "
            line += "(\(accuracyInterval.lower.percent) to \(accuracyInterval.upper.percent))"
        }
        if let gain, next > 0 {
            line += "; \(next) more are likely to bring \(gain.gain.points) points "
            line += "(\(gain.interval.lower.points) to \(gain.interval.upper.points))"
            if let nextPrice { line += " for \(nextPrice.digits(4))" }
        }
        line += ". " + decision.words.prefix(1).uppercased() + decision.words.dropFirst() + "."
        return remark.map { "\(line) \($0)" } ?? line
    }
}

extension LabelRound.Decision {
    var words: String {
        switch self {
        case .goesOn: "goes on"
        case .stops(.notWorth): "ends: the next round costs more than it is likely to bring"
        case .stops(.budget): "ends: all texts that the recipe's limits allow were asked about"
        case .stops(.poolEmpty): "ends: there are no more texts"
        case .stops(.teacherLimit):
            "ends: the teacher's limit was reached; answers of an unfinished round are kept in the ledger"
        case .stops(.noAnswers): "ends: the teacher labelled none of this round's texts"
        }
    }
}

extension Double {
    fileprivate func digits(_ count: Int) -> String {
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        return "\((self * scale).rounded() / scale)"
    }
    fileprivate var percent: String { "\((self * 1000).rounded() / 10) %" }
    fileprivate var points: String { "\((self * 10000).rounded() / 100)" }
}

extension JSONEncoder {
    fileprivate static var pretty: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return encoder
    }
}
