import AttarTeacher
import Foundation

/// Work with the teacher of a recipe: from the ledger alone where it has every answer, else with the endpoint too.
struct TeacherSession {
    let context: StageContext
    let section: TeacherSection

    /// Nil where the recipe has no teacher.
    init?(_ context: StageContext) {
        guard let section = context.recipe.recipe.teacher else { return nil }
        self.context = context
        self.section = section
    }

    /// Gives the result of `body`, and what was paid for it. `body` may run twice: what it asks for first must be what it asks for again.
    func run<Result>(
        needsLogprobs: Bool, _ body: (Teacher) async throws -> Result
    ) async throws -> (result: Result, spending: Spending) {
        do {
            return try await with(Teacher(configuration(isOffline: true)), body)
        } catch TeacherError.notRecorded {
            let variable = section.apiKeyEnvironmentName.map { ", with the key from \($0)" } ?? ""
            context.note("Teacher: \(section.model) at \(section.endpoint.absoluteString)\(variable)")
            return try await with(Teacher(configuration(isOffline: false))) { teacher in
                try await teacher.check(form: section.form, needsLogprobs: needsLogprobs)
                return try await body(teacher)
            }
        }
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
        defer { context.notePaid(requests: teacher.spending.requests) }
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
            ledger: context.directory.sharedLedger, requestsPaid: context.requestsPaid, isOffline: isOffline)
    }
}

extension TeacherSection {
    /// - Parameters:
    ///   - ledger: where the recipe names none.
    ///   - requestsPaid: what counts against the limit already.
    func configuration(ledger shared: URL, requestsPaid: Int, isOffline: Bool) -> TeacherConfiguration {
        TeacherConfiguration(
            endpoint: endpoint, model: model, ledger: ledger?.url ?? shared,
            apiKeyEnvironmentName: apiKeyEnvironmentName, concurrency: concurrency,
            requestLimit: requestLimit.map { max($0 - requestsPaid, 0) }, timeoutSeconds: timeoutSeconds,
            retries: retries, pricePerMillionInputTokens: pricePerMillionInputTokens,
            pricePerMillionOutputTokens: pricePerMillionOutputTokens, isOffline: isOffline, sendsSeed: sendsSeed)
    }
}

extension TeacherSection {
    var form: AttarTeacher.PromptForm {
        switch promptForm {
        case .completion: .completion
        case .chat: .chat
        }
    }
}

extension StageReport {
    mutating func add(_ spending: Spending) {
        count("requests paid", spending.requests)
        count("answers from the ledger", spending.reusedCalls, because: "paid for before")
        count("input tokens", spending.usage.input)
        count("output tokens", spending.usage.output)
        if spending.repeatedAttempts > 0 { count("attempts made again", spending.repeatedAttempts) }
        if spending.uncountedCalls > 0 {
            count("answers without a token count", spending.uncountedCalls, because: "the cost is too low by theirs")
        }
        if let cost = spending.cost { measure("cost", cost) }
    }
}
