import AttarTeacher
import Foundation

/// What went wrong with one of a recipe's teachers.
package struct TeacherSectionError: Error, CustomStringConvertible {
    /// Where the recipe has it: “teacher”, “further-teachers[0]”, “embeddings”.
    package let section: String
    package let error: TeacherError

    var isNoLogprobs: Bool {
        if case .noLogprobs = error { return true }
        return false
    }

    /// The error's own words, with the keys of its section.
    package var description: String {
        section == "teacher"
            ? error.description : error.description.replacing(/\bteacher\.(?=[a-z])/, with: section + ".")
    }
}

/// Work with the teacher of a recipe: from the ledger alone where it has every answer, else with the endpoint too.
struct TeacherSession {
    let context: StageContext
    let section: TeacherSection
    /// Of the limits, for later stages.
    var kept = Amount()

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
        } catch let error as TeacherSectionError where error.isNoLogprobs && task.method == nil {
            context.note("Teacher: \(section.model) gives no log-probabilities; its answers are sampled instead.")
            return try await labels(of: texts, task: task, purpose: purpose, hasLogprobs: false)
        }
    }

    private func labels(
        of texts: [String], task: LabelTask, purpose: CallPurpose, hasLogprobs: Bool
    ) async throws -> (answers: [LabelAnswer], method: LabelMethod, spending: Spending) {
        let method = try LabelPlan(task, hasLogprobs: hasLogprobs).method
        let (answers, spending) = try await run(asks: .labels(needsLogprobs: method.needsLogprobs)) { teacher, probe in
            try await teacher.label(
                texts, task: probe?.adapted(task) ?? task, purpose: purpose, hasLogprobs: hasLogprobs,
                progress: progress)
        }
        return (answers, method, spending)
    }

    /// What a stage wants of the endpoint: what it lacks is said before anything is spent.
    enum Wish {
        case labels(needsLogprobs: Bool)
        case texts, embeddings
    }

    /// Gives the result of `body`, and what was paid for it. `body` is handed what is known of the endpoint. It may run
    /// twice: what it asks for first must be what it asks for again, but for what is known by then.
    ///
    /// Throws `TeacherSectionError`.
    func run<Result>(
        asks wish: Wish, _ body: (Teacher, TeacherProbe?) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        do {
            return try await answers(to: wish, body)
        } catch let error as TeacherError {
            throw TeacherSectionError(section: path, error: error)
        }
    }

    private func answers<Result>(
        to wish: Wish, _ body: (Teacher, TeacherProbe?) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        let probes = ProbeFile(context.directory)
        do {
            let known = probes.probe(of: section.endpoint, model: section.model)
            return try await with(Teacher(configuration(isOffline: true))) { try await body($0, known) }
        } catch TeacherError.notRecorded where !section.offline {
            tellAddress()
            return try await with(Teacher(configuration(isOffline: false))) { teacher in
                // The first call for vectors tells all there is to know.
                if case .embeddings = wish { return try await body(teacher, nil) }
                var needsLogprobs = false
                if case .labels(true) = wish { needsLogprobs = true }
                let probe = try await probes.probe(teacher, form: section.form)
                try probe?.verify(form: section.form, needsLogprobs: needsLogprobs)
                try await checkOtherEndpoints()
                return try await body(teacher, probe)
            }
        }
    }

    /// What `body` makes of the teacher at its endpoint.
    func connected<Result>(
        _ body: (Teacher) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        try await with(Teacher(configuration(isOffline: false)), body)
    }

    /// Looks at the endpoints that the run will need later, before anything is paid to this one.
    private func checkOtherEndpoints() async throws {
        guard context.stage == .generate || context.stage == .label else { return }
        let recipe = context.recipe.recipe
        let others = [recipe.teacher].compactMap(\.self) + recipe.furtherTeachers.map(\.teacher)
        for other in others where other.model != section.model && !other.offline {
            let other = try await other.settled(in: context)
            try await TeacherSession(context, other).check {
                $0?[other.form] != nil
            } with: { probes, teacher in
                try await probes.probe(teacher, form: other.form)?.verify(form: other.form, needsLogprobs: false)
            }
        }
        if let embeddings = recipe.embeddings?.teacher, !embeddings.offline {
            try await TeacherSession(context, embeddings).check {
                $0?.embeddingWidth != nil
            } with: {
                try await $0.probeEmbeddings($1)
            }
        }
    }

    private func check(
        _ isKnown: (TeacherProbe?) -> Bool, with body: (ProbeFile, Teacher) async throws -> Void
    ) async throws {
        let probes = ProbeFile(context.directory)
        guard !isKnown(probes.probe(of: section.endpoint, model: section.model)) else { return }
        tellAddress()
        do {
            _ = try await with(Teacher(configuration(isOffline: false))) { try await body(probes, $0) }
        } catch let error as TeacherError {
            throw TeacherSectionError(section: path, error: error)
        }
    }

    private func tellAddress() {
        let variable = section.apiKeyEnvironmentName.map { ", with the key from \($0)" } ?? ""
        context.note("Teacher: \(section.model) at \(section.endpoint.absoluteString)\(variable)")
    }

    /// Where the recipe has this teacher.
    private var path: String {
        let recipe = context.recipe.recipe
        if recipe.teacher?.model == section.model, recipe.teacher?.endpoint == section.endpoint { return "teacher" }
        let place = recipe.furtherTeachers.firstIndex { $0.teacher.model == section.model }
        return place.map { "further-teachers[\($0)]" } ?? "embeddings"
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
        var configuration = section.configuration(
            ledger: section.ledger?.url ?? context.directory.sharedLedger, account: context.directory.account,
            isOffline: isOffline)
        // A run has one account: what limits its first teacher limits all.
        if let first = context.recipe.recipe.teacher {
            configuration.budget.tighten(to: first.budget)
        }
        configuration.budget.keep(kept)
        return configuration
    }
}

extension RunDirectory {
    /// The name under which the ledger keeps what this run spent.
    package var account: String { url.lastPathComponent }
}

extension TeacherSection {
    package var budget: Budget { Budget(requests: requestLimit, tokens: tokenLimit, cost: costLimit) }

    package func configuration(ledger: URL, account: String, isOffline: Bool) -> TeacherConfiguration {
        TeacherConfiguration(
            endpoint: endpoint, model: model, ledger: ledger, apiKeyEnvironmentName: apiKeyEnvironmentName,
            concurrency: concurrency, requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute,
            budget: budget, account: account,
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
            count(
                "calls the endpoint turned down", spending.rejectedCalls,
                because: "or failed on again and again, while it took others")
        }
        if spending.uncountedCalls > 0 {
            count("answers without a token count", spending.uncountedCalls, because: "the cost is too low by theirs")
        }
        if let cost = spending.cost { measure("cost", cost) }
    }
}
