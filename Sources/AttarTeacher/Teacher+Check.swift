extension Teacher {
    /// Asks the endpoint for its models and for one token with log-probabilities, so that what cannot work is said
    /// before anything is spent. Costs one request of a few tokens, which counts against the limit.
    ///
    /// Offline there is nothing to check. Throws the `TeacherError` that says what is wrong.
    package func check(form: PromptForm, needsLogprobs: Bool = true) async throws {
        guard let client else { return }
        let request = CompletionRequest(
            model: configuration.model,
            prompt: form == .chat
                ? .chat([.init(role: "user", content: "Say yes.")]) : .completion("Yes or no?\nYes or no?"),
            maxTokens: 1, temperature: 0, topLogprobs: needsLogprobs ? configuration.topLogprobs : nil)
        let call = TeacherCall(request: request, purpose: .evaluation)
        do {
            // A server with one model answers whatever name it is called by; what it says would then be filed under
            // the wrong name. Longer lists need not be complete: there the call itself tells.
            if let offered = try await client.models(), offered.count == 1, offered != [configuration.model] {
                throw TeacherError.unknownModel(
                    model: configuration.model, endpoint: client.address.shown, offered: offered)
            }
        } catch let failure as AttemptFailure {
            if case .final = failure { throw await error(from: failure, attempts: 1, call: call, client: client) }
            if case .noConnection = failure {
                throw await error(from: failure, attempts: 1, call: call, client: client)
            }
            // Anything else about the list of models is no reason to stop: not every endpoint keeps one.
        }
        _ = try await answers(to: [call])
    }
}

/// How a prompt reaches the model.
package enum PromptForm: String, Sendable, Hashable, Codable, CaseIterable {
    /// Raw text that the model goes on with; best for small models.
    case completion
    /// Messages; the only form that most hosted models offer.
    case chat
}
