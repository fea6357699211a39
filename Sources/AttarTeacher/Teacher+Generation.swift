import AttarData

extension Teacher {
    /// One text for each request, in the requests' order. Rejected answers are paid for and counted, not asked again.
    ///
    /// Edits are asked for last: of the seeds, the earlier texts and those of this call, of the label to edit, in this order.
    /// Where there is none, a near miss is asked for in its place.
    package func generate(
        _ requests: [GenerationRequest], task: GenerationTask, earlier: [GeneratedText] = [],
        progress: ProgressHandler? = nil
    ) async throws -> [GeneratedText] {
        let edits = requests.filter(\.isEdit)
        let written = try await write(requests.filter { !$0.isEdit }, task: task, progress: progress)
        guard !edits.isEmpty else { return written }
        let edited = try await write(
            withSources(edits, from: earlier + written, task: task), task: task, progress: progress)
        var rest = (written: written[...], edited: edited[...])
        return requests.map { request in
            // Taken out in the order in which they were put in.
            request.isEdit ? rest.edited.removeFirst() : rest.written.removeFirst()
        }
    }

    private func withSources(
        _ edits: [GenerationRequest], from texts: [GeneratedText], task: GenerationTask
    ) -> [GenerationRequest] {
        var sources = task.labels.map { label in task.seeds.filter { $0.label == label.name }.map(\.text) }
        for generated in texts {
            if let text = generated.text { sources[generated.request.label].append(text) }
        }
        var next = sources.map { _ in 0 }
        return edits.map { edit in
            guard case .edit(let other) = edit.kind else { return edit }
            var edit = edit
            if sources[other].isEmpty {
                edit.kind = .nearMiss(other: other)
            } else {
                edit.source = sources[other][next[other] % sources[other].count]
                next[other] += 1
            }
            return edit
        }
    }

    private func write(
        _ requests: [GenerationRequest], task: GenerationTask, progress: ProgressHandler?
    ) async throws -> [GeneratedText] {
        let prompt = GenerationPrompt(task)
        let cleaning = TextCleaning(task)
        let calls = requests.map {
            prompt.call(for: $0, model: configuration.model, sendsSeed: configuration.sendsSeed)
        }
        return zip(requests, try await answers(to: calls, progress: progress)).map { request, settled in
            var generated = GeneratedText(request: request, answer: String(oneLine(settled.answer.text).prefix(160)))
            if settled.answer.isRejected {
                generated.rejection = .empty
                return generated
            }
            (generated.text, generated.rejection) = cleaning.clean(
                settled.answer, opening: task.form == .completion ? request.opening : nil)
            if let text = generated.text, let source = request.source, normalizedText(text) == normalizedText(source) {
                (generated.text, generated.rejection) = (nil, .unchanged)
            }
            return generated
        }
    }
}
