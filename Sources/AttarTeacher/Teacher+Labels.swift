extension Teacher {
    /// The teacher's label probabilities for each text, in the texts' order, before any prior correction.
    ///
    /// Answers bought for one purpose are never used for the other: the purpose is part of a call's key. A text
    /// without content is not sent and has no answer.
    package func label(
        _ texts: [String], task: LabelTask, purpose: CallPurpose, progress: ProgressHandler? = nil
    ) async throws -> [LabelAnswer] {
        let prompt = try LabelPrompt(task)
        let requests = texts.map {
            prompt.request(for: $0, model: configuration.model, topLogprobs: configuration.topLogprobs)
        }
        let calls = zip(texts, requests).compactMap { text, request in
            request.map { TeacherCall(request: $0, purpose: purpose, subject: text) }
        }
        var settled = try await answers(to: calls, progress: progress).makeIterator()
        let reader = LabelReader(words: prompt.words)
        return requests.map { request in
            guard request != nil, let tokens = settled.next()?.answer.firstTokens else {
                return .none(labels: task.labels.count)
            }
            return reader.read(tokens)
        }
    }
}
