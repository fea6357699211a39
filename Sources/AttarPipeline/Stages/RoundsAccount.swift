import AttarData
import AttarTeacher

/// What the ledger and earlier stages tell of the money of rounds.
struct RoundsAccount {
    let money: RoundsMoney
    /// What answers to held-out rows took, of all runs on this ledger.
    let evaluated: Amount
    private let planner: CallPlanner
    private let teachers: [TeacherSection]

    /// Nil where the teacher has no limit.
    init?(_ context: StageContext, _ dataset: TextDataset) async throws {
        let recipe = context.recipe.recipe
        guard let section = recipe.teacher, section.budget != Budget() else { return nil }
        let planner = CallPlanner(
            recipe: recipe, section: try await section.settled(in: context), directory: context.directory)
        let heldOut = try planner.heldOutSize()
        let pool = dataset.rows.filter { $0.gold == nil }.map(\.text.utf8.count)
        let mean = max(pool.reduce(0, +) / max(pool.count, 1), 1)
        money = RoundsMoney(
            limits: section.budget,
            written: context.reports[.generate]?.answers(texts: "texts asked for", prices: planner.configuration.prices)
                ?? Amount(),
            heldOutRows: heldOut?.rows ?? 0, heldOutLength: max(Double(heldOut?.bytes ?? 0) / Double(mean), 1))
        self.planner = planner
        teachers = [section] + recipe.furtherTeachers.map(\.teacher)
        evaluated = try await planner.taken(by: teachers, for: .evaluation)
    }

    /// All that counts towards the limits but labels and the texts written in rounds.
    var others: Amount {
        get async throws { money.written + (try await planner.taken(by: teachers, for: .probe)) }
    }

    /// Throws where even the least that the first round and the evaluation are likely to take is beyond a limit.
    func verify(first rows: [Int], of dataset: TextDataset) async throws {
        let first = try await planner.labellingByAll(
            rows.map { dataset.rows[$0].text }, labels: dataset.labels, isExact: false, stage: .label)
        let evaluation = try await planner.evaluation(labels: dataset.labels)
        let account = planner.directory.account
        let spent = try await planner.with { try await $0.ledger.spent(on: account) }
        let (price, heldOutPrice) = (first.least, evaluation.least)
        guard price.requests > 0, let limit = money.limits.limit(brokenBy: spent + price + heldOutPrice) else { return }
        func error(_ key: String, _ limit: Double, _ figure: (Amount) -> Double) -> RoundsError {
            .limitTooSmall(
                key: "teacher.\(key)", limit: limit, spent: figure(spent), first: rows.count, price: figure(price),
                heldOut: heldOutPrice.requests > 0 ? money.heldOutRows : 0, heldOutPrice: figure(heldOutPrice))
        }
        switch limit {
        case .requests: throw error("request-limit", Double(money.limits.requests ?? 0)) { Double($0.requests) }
        case .tokens: throw error("token-limit", Double(money.limits.tokens ?? 0)) { Double($0.tokens) }
        case .cost: throw error("cost-limit", money.limits.cost ?? 0) { $0.cost }
        }
    }
}

extension CallPlanner {
    fileprivate func taken(by teachers: [TeacherSection], for purpose: CallPurpose) async throws -> Amount {
        try await with { teacher in
            var sum = Amount()
            for section in teachers {
                let prices = section.configuration(
                    ledger: configuration.ledger, account: configuration.account, isOffline: true
                ).prices
                sum = sum + (try await teacher.ledger.taken(by: section.model, for: purpose, prices: prices))
            }
            return sum
        }
    }
}

extension [RunPlan.Line] {
    fileprivate var least: Amount {
        reduce(Amount()) { sum, line in
            sum
                + Amount(
                    requests: line.calls.lowerBound, tokens: line.inputTokens.lowerBound + line.outputTokens.lowerBound,
                    picoCost: Int(((line.cost?.lowerBound ?? 0) * 1e12).rounded()))
        }
    }
}

extension StageReport {
    /// What a stage's answers took, paid then or before; a request a text.
    fileprivate func answers(texts: String, prices: Prices) -> Amount {
        func sum(_ name: String) -> Int {
            counts.reduce(0) { $0 + ([name, name + Self.reused].contains($1.name) ? $1.value : 0) }
        }
        var amount = prices.amount(of: TokenUsage(input: sum("input tokens"), output: sum("output tokens")))
        amount.requests = sum(texts)
        return amount
    }
}
