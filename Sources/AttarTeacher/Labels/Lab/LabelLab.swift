import Foundation

/// Finds the way to ask for labels that works best on gold rows, by successive halving (Jamieson and Talwalkar 2016):
/// all candidates on a few rows, the better half of them on twice as many, until the last ones have seen all rows.
///
/// What it may spend is the teacher's budget. Where that would not last, candidates at the end of the list are left out.
package struct LabelLab: Sendable {
    package let teacher: Teacher
    package let task: LabelTask
    package let material: LabMaterial
    package let seed: UInt64
    package let hasLogprobs: Bool

    /// Fewer rows than this tell nothing apart.
    static let leastRows = 8
    /// English text: characters a token, on the low side, so that estimates are on the high side.
    private static let charactersPerToken = 3.5

    package init(
        teacher: Teacher, task: LabelTask, material: LabMaterial, seed: UInt64 = 1, hasLogprobs: Bool = true
    ) {
        self.teacher = teacher
        self.task = task
        self.material = material
        self.seed = seed
        self.hasLogprobs = hasLogprobs
    }

    package struct Outcome: Sendable {
        /// Trials of the last round, best first, then those dropped before, last round first.
        package var trials: [LabelTrial]
        /// The recipe as it stands and the bare question, on all rows.
        package var own: LabelTrial?
        package var bare: LabelTrial?
        /// Candidates that were left out for want of budget, before or during the search.
        package var untried: Int

        package var winner: LabelTrial? { trials.first }
    }

    /// One step of the search, for whoever shows it.
    package struct Step: Sendable {
        package let candidate: LabelCandidate
        package let number: Int
        package let total: Int
        package let rows: Int
    }

    /// Runs the search. Candidates that the endpoint refuses, by length or form, are dropped.
    ///
    /// - Parameter candidates: the first two are the recipe as it stands and the bare question; they are never dropped.
    package func run(
        _ candidates: [LabelCandidate], report: @Sendable (Step) -> Void = { _ in }
    ) async throws -> Outcome {
        var schedule = Schedule(candidates: candidates.count, rows: material.judged.count)
        var left = candidates
        while let limit = teacher.configuration.budget.requests, schedule.trials > limit, left.count > 3 {
            left.removeLast()
            schedule = Schedule(candidates: left.count, rows: material.judged.count)
        }
        var outcome = Outcome(trials: [], untried: candidates.count - left.count)
        var dropped: [LabelTrial] = []
        for (round, rows) in schedule.rows.enumerated() {
            var trials: [LabelTrial] = []
            for (number, candidate) in left.enumerated() {
                report(Step(candidate: candidate, number: number + 1, total: left.count, rows: rows))
                guard canPay(for: candidate, rows: rows) else {
                    outcome.untried += 1
                    continue
                }
                if let trial = try await trial(candidate, rows: rows) { trials.append(trial) }
            }
            // Where money ran out on the way, the round before had the same rows for all.
            if trials.isEmpty { break }
            let ranked = Self.ranked(trials)
            dropped =
                Array(outcome.trials.filter { old in !trials.contains { $0.candidate == old.candidate } }) + dropped
            outcome.trials = ranked
            guard round + 1 < schedule.rows.count else { break }
            left = Array(ranked.prefix(max((ranked.count + 1) / 2, 2)).map(\.candidate))
        }
        outcome.trials += dropped
        if let own = candidates.first { outcome.own = try await whole(own, in: outcome) }
        if candidates.count > 1 { outcome.bare = try await whole(candidates[1], in: outcome) }
        return outcome
    }

    /// Best first by the sum of two ranks: accuracy is what counts, and says little on a few rows; log-loss says more, and
    /// a candidate that is modest for the wrong reasons may win by it.
    private static func ranked(_ trials: [LabelTrial]) -> [LabelTrial] {
        func rank(_ trial: LabelTrial) -> Int {
            trials.count { $0.best.accuracy > trial.best.accuracy }
                + trials.count { $0.best.logLoss < trial.best.logLoss }
        }
        return trials.map { ($0, rank($0)) }.sorted { ($0.1, $0.0.best.logLoss) < ($1.1, $1.0.best.logLoss) }.map(\.0)
    }

    private func whole(_ candidate: LabelCandidate, in outcome: Outcome) async throws -> LabelTrial? {
        let rows = outcome.winner?.rows ?? material.judged.count
        if let known = outcome.trials.first(where: { $0.candidate == candidate && $0.rows == rows }) { return known }
        return canPay(for: candidate, rows: rows) ? try await trial(candidate, rows: rows) : nil
    }

    /// Nil where the endpoint refuses the candidate's requests, or the budget ends.
    private func trial(_ candidate: LabelCandidate, rows: Int) async throws -> LabelTrial? {
        let task = candidate.applied(to: task, material: material, seed: seed)
        let plan = try LabelPlan(task, hasLogprobs: hasLogprobs)
        let judged = material.judged.prefix(rows)
        let before = teacher.spending
        let answers: [LabelAnswer]
        do {
            answers = try await teacher.label(
                judged.map(\.text), task: task, purpose: .training, hasLogprobs: hasLogprobs, mayBeSilent: true)
        } catch TeacherError.rejected, TeacherError.budgetReached {
            return nil
        }
        let after = teacher.spending
        let indexes = Dictionary(zip(task.labels.map(\.name), task.labels.indices)) { first, _ in first }
        var usage = after.usage
        usage.add(after.reusedUsage)
        usage.input -= before.usage.input + before.reusedUsage.input
        usage.output -= before.usage.output + before.reusedUsage.output
        let answered = answers.filter(\.isAnswered)
        return LabelTrial(
            candidate: candidate, method: plan.method, raw: answers.map(\.probabilities),
            gold: judged.map { indexes[$0.label] ?? 0 }, usage: usage,
            calls: after.settledCalls + after.reusedCalls - before.settledCalls - before.reusedCalls,
            massOutside: answered.reduce(0) { $0 + $1.massOutside } / Double(max(answered.count, 1)))
    }

    /// Whether what is left of the budget covers the candidate's calls, were none of them in the ledger.
    private func canPay(for candidate: LabelCandidate, rows: Int) -> Bool {
        let task = candidate.applied(to: task, material: material, seed: seed)
        guard let prompt = try? LabelPrompt(task, hasLogprobs: hasLogprobs) else { return false }
        let spent = teacher.spending
        let callsPerRow =
            switch prompt.plan.method {
            case .tokens, .hard: 1
            case .scoring: 3
            case .sampling: task.samples
            }
        let calls = rows * callsPerRow
        let budget = teacher.configuration.budget
        if let limit = budget.requests, spent.settledCalls + calls > limit { return false }
        guard budget.tokens != nil || budget.cost != nil else { return true }
        let characters = material.judged.prefix(rows).reduce(0) { sum, row in
            sum + prompt.question(about: row.text).characters
        }
        let input = Int(Double(characters * callsPerRow) / Self.charactersPerToken)
        if let limit = budget.tokens, spent.usage.input + spent.usage.output + input + calls > limit { return false }
        guard let limit = budget.cost else { return true }
        let prices = teacher.configuration.prices
        let price =
            Double(input) * (prices.perMillionInputTokens ?? 0) + Double(calls) * (prices.perMillionOutputTokens ?? 0)
        return (spent.cost ?? 0) + price / 1e6 <= limit
    }
}

extension LabelLab {
    /// Rows for each round.
    struct Schedule {
        let rows: [Int]
        /// Texts asked about over all rounds; rows of a round that the one before asked about are not counted again.
        let trials: Int

        init(candidates: Int, rows: Int) {
            var rounds = 1
            while candidates >> rounds >= 1, rows >> rounds >= LabelLab.leastRows { rounds += 1 }
            self.rows = (0..<rounds).map { max(rows >> (rounds - 1 - $0), min(rows, LabelLab.leastRows)) }
            var (left, seen, trials) = (candidates, 0, 0)
            for rows in self.rows {
                trials += left * (rows - seen)
                (left, seen) = (max((left + 1) / 2, 2), rows)
            }
            self.trials = trials
        }
    }
}

extension LabelQuestion {
    /// Characters of the prompt.
    var characters: Int {
        switch prompt {
        case .completion(let text): text.count
        case .chat(let messages): messages.reduce(0) { $0 + $1.content.count }
        case .embedding(let texts): texts.reduce(0) { $0 + $1.count }
        }
    }
}
