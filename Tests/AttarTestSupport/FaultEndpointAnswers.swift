import Foundation

/// Proper answers, computed from the request alone: the same request always gets the same one.
package struct FaultEndpointAnswers: Sendable {
    /// Shape of the log-probabilities.
    package enum Shape: Sendable, CaseIterable { case content, legacyDictionary }

    package var models: [String]
    package var shape: Shape
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
        let seed: Int?
        let wantsLogprobs: Bool

        private enum CodingKeys: String, CodingKey { case model, prompt, messages, seed, logprobs }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            model = try container.decode(String.self, forKey: .model)
            prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
            messages = try container.decodeIfPresent([Message].self, forKey: .messages)
            seed = try container.decodeIfPresent(Int.self, forKey: .seed)
            wantsLogprobs = container.contains(.logprobs)
        }
    }

    /// The list of models as an endpoint gives it.
    var modelList: Data { json(["object": "list", "data": models.map { ["id": $0, "object": "model"] }]) }

    /// Status and body for a call.
    func answer(to body: Data, withoutLogprobs: Bool) -> (status: Int, body: Data) {
        guard let call = try? JSONDecoder().decode(Call.self, from: body) else {
            return (400, json(["error": ["message": "not a call"]]))
        }
        guard models.contains(call.model) else {
            return (404, json(["error": ["message": "The model `\(call.model)` does not exist"]]))
        }
        let prompt = call.prompt ?? call.messages?.map(\.content).joined(separator: "\n") ?? ""
        let tokens = tokens(prompt)
        let text = call.wantsLogprobs ? tokens.first?.token ?? "" : text(prompt, call.seed ?? 0)
        var choice: [String: Any] = ["index": 0, "finish_reason": "stop"]
        if call.prompt != nil {
            choice["text"] = text
        } else {
            choice["message"] = ["role": "assistant", "content": text]
        }
        if call.wantsLogprobs, !withoutLogprobs { choice["logprobs"] = logprobs(tokens) }
        let words = prompt.split(separator: " ").count
        return (
            200,
            json([
                "object": "text_completion", "model": call.model, "choices": [choice],
                "usage": [
                    "prompt_tokens": words, "completion_tokens": 1,
                    "prompt_tokens_details": ["cached_tokens": words / 2],
                ],
            ])
        )
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
