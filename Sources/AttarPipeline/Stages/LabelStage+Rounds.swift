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
        "teacher.price-per-million-input-tokens", "teacher.price-per-million-output-tokens", "evaluate.teacher",
    ]
}

extension LabelStage {
    /// Asks in rounds; leaves rows that were not asked about out of the dataset, and divides the others.
    mutating func askInRounds(
        _ section: RoundsSection, _ dataset: inout TextDataset, _ similar: SimilarExamples?
    ) async throws {
        let fingerprint = try Stage.fingerprint(in: context)
        let writer = try await textWriter(dataset)
        var numbers = recipe.textsBeforeRounds(labels: dataset.labels.count) ?? 0
        let before = numbers
        let money = try await RoundsAccount(context, dataset)
        var rounds = try LabelRounds(
            recipe, section, dataset: dataset, heldOut: fingerprint, money: money?.money,
            writable: writer.map { $0.synthesis.texts - numbers } ?? 0)
        let gold = dataset.rows.indices.filter {
            dataset.rows[$0].source == .labelled && recipe.labelling.includeLabelled
        }
        let representative = Set(rounds.firstRows + gold)
        let context = context
        var texts = dataset
        var labels: [TeacherLabels] = []
        var complete = texts.rows.count
        var earlier: [GeneratedText] = []
        var writtenHeldOut: [Int] = []
        try await money?.verify(first: (given.isEmpty ? gold : []) + rounds.firstRows, of: dataset)
        try await rounds.run { aim, count in
            guard
                let written = try await writer?.write(
                    numbers..<numbers + count, aim: aim, earlier: earlier,
                    known: texts.rows.filter { $0.source == .generated })
            else { return [] }
            numbers += count
            earlier += written.texts
            add(written.spending)
            let rows = texts.rows.count..<texts.rows.count + written.rows.count
            texts.rows += written.rows
            let heldOut = rows.filter { fingerprint.knows(texts.rows[$0].text) }
            writtenHeldOut += heldOut
            return rows.filter { !heldOut.contains($0) }
        } ask: { batch in
            let rowsBefore = given.first?.rows.count ?? 0
            let rows = given.isEmpty ? gold + batch : batch
            try await ask(about: rows, texts, similar, representative: representative)
            labels = weighedLabels(texts)
            complete = texts.rows.count
            var answered = texts
            answered.teachers = labels
            var answers = LabelRounds.Answers(
                dataset: answered, cost: cost, rows: given.first?.rows.count ?? 0)
            if let money {
                answers.labels = given.reduce(Amount()) { $0 + $1.spending.answers }
                answers.others = try await money.others + (writing?.answers ?? Amount())
                if rowsBefore == 0 { tellKept(money, answers) }
                // Rounds keep to the whole by themselves; this is for what else is spent, and leaves them room for their last call.
                kept = money.money.kept(labels: answers.labels, texts: answers.rows).scaled(by: 0.5)
                    .reduced(by: money.evaluated)
            }
            return answers
        } tell: { round in
            context.note(round.line)
            try context.metric(round.metric)
        }
        // Texts that were written for a round that could not be finished have no label.
        texts.rows.removeSubrange(complete...)
        writtenHeldOut.removeAll { $0 >= complete }
        let written = texts.rows.count - dataset.rows.count
        if numbers > before {
            report.count("texts asked for in rounds", earlier.count, because: "aimed at what is confused")
            let open = numbers - before - earlier.count
            if open > 0 {
                report.count(
                    "texts not asked for in rounds", open, because: "none before them of their label was of use")
            }
            report.count(
                "rejected: written in rounds", earlier.count - written, because: "by the filters, or not labelled")
            report.count("texts written in rounds", written)
        }
        dataset = texts
        tellAnswers(dataset)
        tell(rounds, dataset, heldOut: rounds.contaminated + writtenHeldOut)
        dataset.teachers = labels
        divide(&dataset, rounds, heldOut: rounds.contaminated + writtenHeldOut)
        try AtomicFile.write(try JSONEncoder.pretty.encode(rounds.rounds), to: context.file(Stage.roundsFile))
    }

    private mutating func tellKept(_ account: RoundsAccount, _ answers: LabelRounds.Answers) {
        let kept = account.money.kept(labels: answers.labels, texts: answers.rows)
        guard
            let words = account.money.words(
                kept: kept, open: kept.reduced(by: account.evaluated), taken: answers.labels + answers.others)
        else { return }
        context.note(words)
        report.note(words)
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
    private func divide(_ dataset: inout TextDataset, _ rounds: LabelRounds, heldOut: [Int]) {
        let data = recipe.data
        let share = data.validationFraction / (data.validationFraction + data.calibrationFraction)
        let validation = Int((Double(rounds.judges.count) * share).rounded())
        for (place, row) in rounds.judges.enumerated() {
            dataset.rows[row].split = place < validation ? .validation : .calibration
        }
        let kept = Set(rounds.asked).union(heldOut)
        dataset = dataset.selecting(dataset.rows.indices.filter { dataset.rows[$0].gold != nil || kept.contains($0) })
    }

    /// Why fewer texts judge than were wanted.
    private mutating func tellJudges(_ rounds: LabelRounds) {
        let wanted = recipe.rounds?.validation ?? 0
        if rounds.judges.count < wanted {
            let reason =
                rounds.hasGoldJudges
                ? "at most half of the texts with right labels judge"
                : "at most half of the \(rounds.available) texts there are at the start, and a quarter of all that may be asked "
                    + "about, since the others are to learn from; near copies and held-out texts are not among them"
            report.note(
                "\(rounds.judges.count) texts judge the rounds, not the \(wanted) of rounds.validation: \(reason).")
        }
        if let used = rounds.judgesUsed, used < rounds.judges.count {
            report.note(
                "\(rounds.judges.count - used) of the \(rounds.judges.count) texts that were to judge the rounds do not: "
                    + "the teacher gave them no label, or another one than they were written for.")
        }
    }

    private mutating func tell(_ rounds: LabelRounds, _ dataset: TextDataset, heldOut: [Int]) {
        report.count("rounds", rounds.rounds.count)
        let pool = dataset.rows.indices.filter { dataset.rows[$0].gold == nil }
        let contaminated = heldOut.count { dataset.rows[$0].gold == nil }
        report.count("texts not asked about: held out", contaminated, because: "known to the held-out fingerprint")
        report.count(Self.copiesCount, rounds.copies, because: "of another text")
        report.count(
            Self.notAskedCount, pool.count - rounds.asked.count - contaminated - rounds.copies,
            because: rounds.rounds.last?.decision.words ?? "")
        report.count(
            Self.judgesCount, rounds.judgesUsed ?? rounds.judges.count,
            because: rounds.hasGoldJudges ? Self.rightLabels : "drawn by chance, labelled by the teacher")
        tellJudges(rounds)
        for round in rounds.rounds { report.note(round.line) }
        guard let confusions = rounds.rounds.last?.confusions, !confusions.isEmpty else { return }
        let pairs = confusions.map { "\($0.label) taken for \($0.takenFor) (\($0.count))" }
        report.note("Most often confused in the end: \(pairs.joined(separator: ", ")).")
    }
}

// Names of counts that later stages look up.
extension LabelStage {
    static let judgesCount = "texts that judge the rounds"
    static let rightLabels = "with right labels"
    private static let copiesCount = "texts not asked about: near copies"
    private static let notAskedCount = "texts not asked about"

    /// What rounds leave out, by the names of its counts, and what the report calls it. Held-out texts are counted later.
    static let leftOut = [copiesCount: "near copies, not asked about", notAskedCount: "not asked about"]
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

    static func isLine(_ note: String) -> Bool { note.starts(with: #/Round \d+: /#) }

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
    var words: String { self == .goesOn ? "goes on" : "ends: \(reason)" }

    /// Why rounds end.
    var reason: String {
        switch self {
        case .goesOn: ""
        case .stops(.notWorth): "the next round costs more than it is likely to bring"
        case .stops(.budget): "all texts that the recipe's limits allow were asked about"
        case .stops(.poolEmpty): "there are no more texts"
        case .stops(.teacherLimit):
            "the teacher's limit was reached; answers of an unfinished round are kept in the ledger"
        case .stops(.teacherSpent):
            "another round does not fit in the teacher's limits"
        case .stops(.noAnswers): "the teacher labelled none of this round's texts"
        case .stops(.noTexts): "none of the texts that the teacher wrote for this round is of use"
        }
    }
}

extension Double {
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
