import AttarTeacher
import Foundation

/// Work with the teacher of a recipe: from the ledger alone where it has every answer, else with the endpoint too.
struct TeacherSession {
    let context: StageContext
    let section: TeacherSection

    /// Nil where the recipe has no teacher.
    init?(_ context: StageContext) {
        guard let section = context.recipe.recipe.teacher else { return nil }
        self.init(context, section)
    }

    init(_ context: StageContext, _ section: TeacherSection) {
        self.context = context
        self.section = section
    }

    /// The teacher's answers, the rung that they come from, and what was paid for them.
    ///
    /// Where the task leaves the rung open and the endpoint gives no log-probabilities, answers are sampled.
    func labels(
        of texts: [String], task: LabelTask, purpose: CallPurpose
    ) async throws -> (answers: [LabelAnswer], method: LabelMethod, spending: Spending) {
        do {
            return try await labels(of: texts, task: task, purpose: purpose, hasLogprobs: true)
        } catch TeacherError.noLogprobs where task.method == nil {
            context.note("Teacher: \(section.model) gives no log-probabilities; its answers are sampled instead.")
            return try await labels(of: texts, task: task, purpose: purpose, hasLogprobs: false)
        }
    }

    private func labels(
        of texts: [String], task: LabelTask, purpose: CallPurpose, hasLogprobs: Bool
    ) async throws -> (answers: [LabelAnswer], method: LabelMethod, spending: Spending) {
        let method = try LabelPlan(task, hasLogprobs: hasLogprobs).method
        let (answers, spending) = try await run(asks: .labels(needsLogprobs: method.needsLogprobs)) { teacher in
            try await teacher.label(
                texts, task: task, purpose: purpose, hasLogprobs: hasLogprobs, progress: progress)
        }
        return (answers, method, spending)
    }

    /// What a stage wants of the endpoint: what it lacks is said before anything is spent.
    enum Wish {
        case labels(needsLogprobs: Bool)
        case texts, embeddings
    }

    /// Gives the result of `body`, and what was paid for it. `body` may run twice: what it asks for first must be what it asks for again.
    func run<Result>(
        asks wish: Wish, _ body: (Teacher) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        do {
            return try await with(Teacher(configuration(isOffline: true)), body)
        } catch TeacherError.notRecorded where !section.offline {
            let variable = section.apiKeyEnvironmentName.map { ", with the key from \($0)" } ?? ""
            context.note("Teacher: \(section.model) at \(section.endpoint.absoluteString)\(variable)")
            return try await with(Teacher(configuration(isOffline: false))) { teacher in
                // The first call for vectors tells all there is to know.
                if case .embeddings = wish { return try await body(teacher) }
                var needsLogprobs = false
                if case .labels(true) = wish { needsLogprobs = true }
                let probe = try await ProbeFile(context.directory).probe(teacher, form: section.form)
                try probe?.verify(form: section.form, needsLogprobs: needsLogprobs)
                return try await body(teacher)
            }
        }
    }

    /// What `body` makes of the teacher at its endpoint.
    func connected<Result>(
        _ body: (Teacher) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        try await with(Teacher(configuration(isOffline: false)), body)
    }

    /// Passes progress of the teacher on.
    var progress: ProgressHandler {
        let context = context
        return { state in
            let detail = state.reused > 0 ? "\(state.reused) from the ledger" : ""
            context.show(state.done, of: state.total, "calls", detail: detail)
        }
    }

    private func with<Result>(
        _ teacher: Teacher, _ body: (Teacher) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        do {
            let result = try await body(teacher)
            try await teacher.close()
            return (result, teacher.spending)
        } catch {
            // The first error is the one to tell.
            try? await teacher.close()
            throw error
        }
    }

    private func configuration(isOffline: Bool) -> TeacherConfiguration {
        section.configuration(
            ledger: section.ledger?.url ?? context.directory.sharedLedger, account: context.directory.account,
            isOffline: isOffline)
    }
}

extension RunDirectory {
    /// The name under which the ledger keeps what this run spent.
    package var account: String { url.lastPathComponent }
}

extension TeacherSection {
    package func configuration(ledger: URL, account: String, isOffline: Bool) -> TeacherConfiguration {
        TeacherConfiguration(
            endpoint: endpoint, model: model, ledger: ledger, apiKeyEnvironmentName: apiKeyEnvironmentName,
            concurrency: concurrency, requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute,
            budget: Budget(requests: requestLimit, tokens: tokenLimit, cost: costLimit), account: account,
            timeoutSeconds: timeoutSeconds, retries: retries,
            prices: Prices(
                perMillionInputTokens: pricePerMillionInputTokens, perMillionOutputTokens: pricePerMillionOutputTokens),
            isOffline: isOffline || offline, sendsSeed: sendsSeed)
    }

    var form: AttarTeacher.PromptForm {
        switch promptForm {
        // Until it is settled.
        case .completion, .automatic: .completion
        case .chat: .chat
        }
    }
}

extension StageReport {
    /// The end of the names of counts of tokens that were paid for before.
    static let reused = ", paid for before"

    mutating func add(_ spending: Spending) {
        count("requests paid", spending.requests)
        count("answers from the ledger", spending.reusedCalls, because: "paid for before")
        count("input tokens", spending.usage.input)
        count("output tokens", spending.usage.output)
        if spending.reusedCalls > 0 {
            count("input tokens" + Self.reused, spending.reusedUsage.input)
            count("output tokens" + Self.reused, spending.reusedUsage.output)
        }
        if spending.repeatedAttempts > 0 { count("attempts made again", spending.repeatedAttempts) }
        if spending.rejectedCalls > 0 {
            count("calls the endpoint turned down", spending.rejectedCalls, because: "it took others")
        }
        if spending.uncountedCalls > 0 {
            count("answers without a token count", spending.uncountedCalls, because: "the cost is too low by theirs")
        }
        if let cost = spending.cost { measure("cost", cost) }
    }
}
