import Foundation

/// Proper answers, computed from the request alone: the same request always gets the same one.
package struct FaultEndpointAnswers: Sendable {
    /// Shape of the log-probabilities.
    package enum Shape: Sendable, CaseIterable { case content, legacyDictionary }

    /// What the endpoint does beside plain answers.
    package struct Abilities: Sendable {
        package var forms: Set<String> = ["completions", "chat/completions"]
        /// More than these are refused; 0 gives none, whatever is asked for.
        package var mostLogprobs = 100
        package var severalChoices = true
        package var honoursSeed = true
        package var honoursSchema = true
        /// `nil` answers 501.
        package var embeddingWidth: Int? = 4
        /// `nil` says nothing about a cache.
        package var cachedShare: Double? = 0.5
        package var contextTokens: Int? = 2048
        package var headers: [String: String] = [:]

        package init() {}
    }

    package var models: [String]
    package var shape: Shape
    package var abilities = Abilities()
    /// Tokens and their probabilities for a prompt. Default: two sentiments, drawn by the prompt's hash.
    package var tokens: @Sendable (_ prompt: String) -> [(token: String, probability: Double)]
    /// The text for a prompt and a seed. Default: a short sentence, drawn by their hash.
    package var text: @Sendable (_ prompt: String, _ seed: Int) -> String

    package init(
        models: [String] = ["test-model"], shape: Shape = .content,
        tokens: @escaping @Sendable (String) -> [(token: String, probability: Double)] = Self.sentiment,
        text: @escaping @Sendable (String, Int) -> String = Self.sentence
    ) {
        self.models = models
        self.shape = shape
        self.tokens = tokens
        self.text = text
    }

    package static let sentiment: @Sendable (String) -> [(token: String, probability: Double)] = { prompt in
        let positive = Double(hash(prompt) % 1000) / 1000 * 0.9 + 0.02
        return [
            (" positive", positive * 0.8), ("Positive", positive * 0.15), (" pos", positive * 0.05),
            (" negative", (0.95 - positive) * 0.9), ("neg", (0.95 - positive) * 0.1), (" mixed", 0.04),
        ]
    }

    package static let sentence: @Sendable (String, Int) -> String = { prompt, seed in
        let things = ["kettle", "tent", "pillow", "ticket", "router", "blanket", "ladder", "bicycle"]
        let verdicts = ["broke at once", "works well", "came late", "was a joy", "looks cheap", "never fails"]
        let number = hash(prompt + "#\(seed)")
        return " The \(things[Int(number % 8)]) number \(number % 9973) \(verdicts[Int(number / 8 % 6)])."
    }

    /// FNV-1a.
    package static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension FaultEndpointAnswers {
    private struct Call: Decodable {
        struct Message: Decodable { let content: String }
        let model: String
        let prompt: String?
        let messages: [Message]?
        let input: [String]?
        let seed: Int?
        let temperature: Double?
        let count: Int?
        let logprobs: Int?
        let hasSchema: Bool

        private enum CodingKeys: String, CodingKey {
            case model, prompt, messages, input, seed, temperature, logprobs
            case count = "n"
            case mostLogprobs = "top_logprobs"
            case schema = "response_format"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            model = try container.decode(String.self, forKey: .model)
            prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
            messages = try container.decodeIfPresent([Message].self, forKey: .messages)
            input = try container.decodeIfPresent([String].self, forKey: .input)
            seed = try container.decodeIfPresent(Int.self, forKey: .seed)
            temperature = try container.decodeIfPresent(Double.self, forKey: .temperature)
            count = try container.decodeIfPresent(Int.self, forKey: .count)
            logprobs =
                try container.decodeIfPresent(Int.self, forKey: .mostLogprobs)
                ?? (try? container.decodeIfPresent(Int.self, forKey: .logprobs)) ?? nil
            hasSchema = container.contains(.schema)
        }
    }

    /// The list of models as an endpoint gives it.
    var modelList: Data {
        let context = abilities.contextTokens.map { ["max_model_len": $0] } ?? [:]
        return json(
            [
                "object": "list",
                "data": models.map { ["id": $0, "object": "model"].merging(context as [String: Any]) { $1 } },
            ])
    }

    /// Status and body for a call.
    func answer(to body: Data, withoutLogprobs: Bool) -> (status: Int, body: Data) {
        guard let call = try? JSONDecoder().decode(Call.self, from: body) else {
            return problem(400, "not a call")
        }
        guard models.contains(call.model) else {
            return problem(404, "The model `\(call.model)` does not exist")
        }
        if let input = call.input { return embeddings(input) }
        guard abilities.forms.contains(call.prompt == nil ? "chat/completions" : "completions") else {
            return problem(400, "not supported by this model")
        }
        if let asked = call.logprobs, abilities.mostLogprobs > 0, asked > abilities.mostLogprobs {
            return problem(400, "top_logprobs must be at most \(abilities.mostLogprobs)")
        }
        let prompt = call.prompt ?? call.messages?.map(\.content).joined(separator: "\n") ?? ""
        let words = prompt.split(separator: " ").count
        var usage: [String: Any] = ["prompt_tokens": words, "completion_tokens": 1]
        if let share = abilities.cachedShare {
            usage["prompt_tokens_details"] = ["cached_tokens": Int(Double(words) * share)]
        }
        let choices = (0..<(abilities.severalChoices ? call.count ?? 1 : 1)).map { index in
            choice(index, of: call, prompt: prompt, withoutLogprobs: withoutLogprobs)
        }
        return (200, json(["object": "text_completion", "model": call.model, "choices": choices, "usage": usage]))
    }

    private func choice(_ index: Int, of call: Call, prompt: String, withoutLogprobs: Bool) -> [String: Any] {
        let tokens = tokens(prompt)
        var seed = (call.seed ?? 0) + index
        if !abilities.honoursSeed, call.temperature ?? 0 > 0 { seed = Int.random(in: 0...Int.max) }
        var text = call.logprobs != nil ? tokens.first?.token ?? "" : text(prompt, seed)
        if call.hasSchema, abilities.honoursSchema { text = #"{"verdict":"certainly"}"# }
        var choice: [String: Any] = ["index": index, "finish_reason": "stop"]
        if call.prompt != nil {
            choice["text"] = text
        } else {
            choice["message"] = ["role": "assistant", "content": text]
        }
        if let most = call.logprobs, abilities.mostLogprobs > 0, !withoutLogprobs {
            choice["logprobs"] = logprobs(Array(tokens.prefix(most)))
        }
        return choice
    }

    private func embeddings(_ texts: [String]) -> (status: Int, body: Data) {
        guard let width = abilities.embeddingWidth else { return problem(501, "This server has no embeddings") }
        let vectors = texts.enumerated().map { index, text in
            [
                "index": index,
                "embedding": (0..<width).map { Double(Self.hash(text + "#\($0)") % 20001) / 10000 - 1 },
            ] as [String: Any]
        }
        return (200, json(["object": "list", "data": vectors, "usage": ["prompt_tokens": texts.count]]))
    }

    private func problem(_ status: Int, _ message: String) -> (status: Int, body: Data) {
        (status, json(["error": ["message": message]]))
    }

    private func logprobs(_ tokens: [(token: String, probability: Double)]) -> [String: Any] {
        switch shape {
        case .content:
            let entries = tokens.map { ["token": $0.token, "logprob": log($0.probability)] as [String: Any] }
            let first = tokens.first
            return [
                "content": [
                    [
                        "token": first?.token ?? "", "logprob": log(first?.probability ?? 1), "top_logprobs": entries,
                    ] as [String: Any]
                ]
            ]
        case .legacyDictionary:
            let entries = Dictionary(tokens.map { ($0.token, log($0.probability)) }, uniquingKeysWith: { $1 })
            return ["tokens": [tokens.first?.token ?? ""], "top_logprobs": [entries]]
        }
    }

    private func json(_ object: [String: Any]) -> Data {
        (try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])) ?? Data()
    }
}
