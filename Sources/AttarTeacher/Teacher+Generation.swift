extension Teacher {
    /// One text for each request, in the requests' order. Rejected answers are paid for and counted, not asked again.
    package func generate(
        _ requests: [GenerationRequest], task: GenerationTask, progress: ProgressHandler? = nil
    ) async throws -> [GeneratedText] {
        let prompt = GenerationPrompt(task)
        let cleaning = TextCleaning(task)
        let calls = requests.map {
            prompt.call(for: $0, model: configuration.model, sendsSeed: configuration.sendsSeed)
        }
        return zip(requests, try await answers(to: calls, progress: progress)).map { request, settled in
            if settled.answer.isRejected { return GeneratedText(request: request, text: nil, rejection: .empty) }
            let (text, rejection) = cleaning.clean(
                settled.answer, opening: task.form == .completion ? request.opening : nil)
            return GeneratedText(request: request, text: text, rejection: rejection)
        }
    }
}
