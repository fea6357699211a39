import AttarData

extension Teacher {
    /// A text for each request, in the requests' order. Rejected answers are paid for and counted, not asked again; requests
    /// of a label of which nothing is kept are left out from some place on (`LabelPatience`).
    ///
    /// Edits are asked for last: of the seeds, the earlier texts and those of this call, of the label to edit, in this order.
    /// Where there is none, a near miss is asked for in its place.
    ///
    /// - Parameters:
    ///   - requests: by their indices.
    ///   - hopeless: labels that nothing is asked for.
    ///   - isKept: which of the texts so far are of use, in the order of their indices; those with a text unless told.
    package func generate(
        _ requests: [GenerationRequest], task: GenerationTask, earlier: [GeneratedText] = [], hopeless: Set<Int> = [],
        isKept: ([GeneratedText]) -> [Bool] = { $0.map { $0.text != nil } }, progress: ProgressHandler? = nil
    ) async throws -> [GeneratedText] {
        var patience = LabelPatience(labels: task.labels.count, hopeless: hopeless)
        var texts: [GeneratedText] = []
        var last: Set<Int> = []
        let reusedBefore = meter.current.reusedCalls
        for areEdits in [false, true] {
            var open = requests.filter { $0.isEdit == areEdits }
            if areEdits { open = withSources(open, from: earlier + texts, task: task) }
            while !open.isEmpty {
                let kept = zip(texts, isKept(texts)).filter { last.contains($0.request.index) && mayBeKept($0, $1) }
                patience.note(kept: Set(kept.map { $0.0.request.label }))
                let taken = patience.take(from: &open)
                last = Set(taken.map(\.index))
                let others = (
                    before: texts.count, after: open.count, reused: meter.current.reusedCalls - reusedBefore
                )
                texts += try await write(taken, task: task) { progress?($0.among(others)) }
                texts.sort { $0.request.index < $1.request.index }
            }
        }
        return texts
    }

    /// What a plan does not know yet may turn out well.
    private func mayBeKept(_ text: GeneratedText, _ isKept: Bool) -> Bool {
        isKept || configuration.isPlanning && text.rejection == .empty && text.answer.isEmpty
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
                // A model that only goes on with texts cannot be told to change one; it can end it in another way.
                if task.form == .completion { edit.opening = edit.source.map(firstHalf) }
            }
            return edit
        }
    }

    private func firstHalf(of text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.prefix((words.count + 1) / 2).joined(separator: " ")
    }

    private func write(
        _ requests: [GenerationRequest], task: GenerationTask, progress: @escaping ProgressHandler
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
