/// Lays out generation requests: instruction and worked examples first and always the same, what varies last.
struct GenerationPrompt {
    private let task: GenerationTask

    init(_ task: GenerationTask) { self.task = task }

    func call(for request: GenerationRequest, model: String, sendsSeed: Bool) -> TeacherCall {
        let completion = CompletionRequest(
            model: model, prompt: task.form == .chat ? chat(request) : completion(request),
            maxTokens: task.maxTokens,
            temperature: task.temperature, stop: task.stop,
            seed: sendsSeed ? task.callSeed(index: request.index) : nil)
        // Two indices can draw the same attributes; they are still two draws.
        return TeacherCall(request: completion, purpose: .training, draw: request.index)
    }

    private func completion(_ request: GenerationRequest) -> CompletionRequest.Prompt {
        var blocks = task.instruction.isEmpty ? [] : [task.instruction]
        blocks += shown(request).map { header($0) + "\n\(task.textHeading): \(oneLine($0.text))" }
        blocks.append(header(request) + "\n\(task.textHeading):" + (request.opening.map { " " + $0 } ?? ""))
        return .completion(blocks.joined(separator: "\n\n"))
    }

    private func chat(_ request: GenerationRequest) -> CompletionRequest.Prompt {
        var messages: [CompletionRequest.Message] = []
        if !task.instruction.isEmpty { messages.append(.init(role: "system", content: task.instruction)) }
        for example in shown(request) {
            messages.append(.init(role: "user", content: header(example)))
            messages.append(.init(role: "assistant", content: oneLine(example.text)))
        }
        let wanted = header(request) + (request.opening.map { " Begin with: \($0)" } ?? "")
        messages.append(.init(role: "user", content: wanted + hint(request)))
        return .chat(messages)
    }

    private func shown(_ request: GenerationRequest) -> [GenerationExample] {
        task.examples + request.seeds.map { task.seeds[$0] }
    }

    private func header(_ example: GenerationExample) -> String {
        header(label: example.label, attributes: example.attributes)
    }

    private func header(_ request: GenerationRequest) -> String {
        let values = Dictionary(zip(task.attributes.map(\.name), request.attributes)) { first, _ in first }
        let wanted = header(label: task.labels[request.label].name, attributes: values)
        guard task.form == .completion, case .nearMiss(let other) = request.kind else { return wanted }
        return "Easily taken for: \(task.labels[other].name)\n" + wanted
    }

    /// What a model that follows instructions is told about a hard case.
    private func hint(_ request: GenerationRequest) -> String {
        let label = described(request.label)
        switch request.kind {
        case .plain: return ""
        case .nearMiss(let other):
            return "\nA hasty reader could take it for \(described(other)); on a second look it is clearly \(label)."
        case .edit(let other):
            return "\nHere is a text that is \(described(other)): \(oneLine(request.source ?? ""))\n"
                + "Change as few words of it as possible, so that it is \(label). Answer with the changed text alone."
        }
    }

    private func described(_ label: Int) -> String {
        "“\(task.labels[label].name)”" + (task.labels[label].description.map { " (\($0))" } ?? "")
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
