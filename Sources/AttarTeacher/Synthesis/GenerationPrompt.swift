/// Lays out generation requests: instruction and worked examples first and always the same, what varies last.
struct GenerationPrompt {
    private let task: GenerationTask

    init(_ task: GenerationTask) { self.task = task }

    func call(for request: GenerationRequest, model: String, sendsSeed: Bool) -> TeacherCall {
        let values = Dictionary(
            zip(task.attributes.map(\.name), request.attributes), uniquingKeysWith: { first, _ in first })
        let wanted = header(label: task.labels[request.label].name, attributes: values)
        let completion = CompletionRequest(
            model: model,
            prompt: task.form == .chat
                ? chat(wanted, opening: request.opening) : completion(wanted, opening: request.opening),
            maxTokens: task.maxTokens,
            temperature: task.temperature, stop: task.stop,
            seed: sendsSeed ? task.callSeed(index: request.index) : nil)
        // Two indices can draw the same attributes; they are still two draws.
        return TeacherCall(request: completion, purpose: .training, draw: request.index)
    }

    private func completion(_ wanted: String, opening: String?) -> CompletionRequest.Prompt {
        var blocks = task.instruction.isEmpty ? [] : [task.instruction]
        blocks += task.examples.map { example in
            header(label: example.label, attributes: example.attributes)
                + "\n\(task.textHeading): \(oneLine(example.text))"
        }
        blocks.append(wanted + "\n\(task.textHeading):" + (opening.map { " " + $0 } ?? ""))
        return .completion(blocks.joined(separator: "\n\n"))
    }

    private func chat(_ wanted: String, opening: String?) -> CompletionRequest.Prompt {
        var messages: [CompletionRequest.Message] = []
        if !task.instruction.isEmpty { messages.append(.init(role: "system", content: task.instruction)) }
        for example in task.examples {
            messages.append(.init(role: "user", content: header(label: example.label, attributes: example.attributes)))
            messages.append(.init(role: "assistant", content: oneLine(example.text)))
        }
        let begin = opening.map { " Begin with: \($0)" } ?? ""
        messages.append(.init(role: "user", content: wanted + begin))
        return .chat(messages)
    }

    /// One property a line: “Product: kettle”. The label comes last, nearest to the text: small models heed it best there.
    private func header(label: String, attributes: [String: String]) -> String {
        let properties = task.attributes.compactMap { attribute in
            attributes[attribute.name].map {
                "\(attribute.name.prefix(1).uppercased())\(attribute.name.dropFirst()): \($0)"
            }
        }
        return (properties + ["\(task.labelHeading): \(label)"]).joined(separator: "\n")
    }
}
