import Foundation

/// One question to the model, without anything that depends on where the model runs.
///
/// Its canonical JSON is what is sent, what the ledger keeps and what the key is made of.
package struct CompletionRequest: Sendable, Hashable, Codable {
    package enum Prompt: Sendable, Hashable {
        /// `/completions`: the model goes on with this text.
        case completion(String)
        /// `/chat/completions`.
        case chat([Message])
        /// `/embeddings`: a vector for each text.
        case embedding([String])
    }

    package struct Message: Sendable, Hashable, Codable {
        package var role: String
        package var content: String

        package init(role: String, content: String) {
            self.role = role
            self.content = content
        }
    }

    package var model: String
    package var prompt: Prompt
    package var maxTokens: Int
    package var temperature: Double
    package var stop: [String]
    /// How many of the likeliest first tokens the answer must list; `nil` asks for none.
    package var topLogprobs: Int?
    package var seed: UInt32?
    /// Further fields, sent as they are: `n`, `response_format`, `grammar`, … One that is named above is ignored.
    package var options: [String: RequestValue]

    package init(
        model: String, prompt: Prompt, maxTokens: Int, temperature: Double, stop: [String] = [],
        topLogprobs: Int? = nil, seed: UInt32? = nil, options: [String: RequestValue] = [:]
    ) {
        self.model = model
        self.prompt = prompt
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.stop = stop
        self.topLogprobs = topLogprobs
        self.seed = seed
        self.options = options
    }

    /// A request for the vectors of `texts`.
    package static func embedding(
        model: String, texts: [String], options: [String: RequestValue] = [:]
    ) -> CompletionRequest {
        CompletionRequest(model: model, prompt: .embedding(texts), maxTokens: 0, temperature: 0, options: options)
    }

    /// The path below the endpoint.
    var path: String {
        switch prompt {
        case .completion: "completions"
        case .chat: "chat/completions"
        case .embedding: "embeddings"
        }
    }

    /// The same request always gives the same bytes: keys sorted, no spaces.
    package func canonicalJSON() -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(self)
        } catch {
            preconditionFailure("a request of plain values encodes: \(error)")
        }
    }
}

extension CompletionRequest {
    /// All API shapes in one: the body sent to the endpoint is this coding.
    private struct Key: CodingKey, Hashable {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }

        static let model = Key("model")
        static let prompt = Key("prompt")
        static let messages = Key("messages")
        static let input = Key("input")
        static let maxTokens = Key("max_tokens")
        static let temperature = Key("temperature")
        static let stop = Key("stop")
        static let seed = Key("seed")
        static let logprobs = Key("logprobs")
        static let topLogprobs = Key("top_logprobs")
        static let named: Set<Key> = [
            model, prompt, messages, input, maxTokens, temperature, stop, seed, logprobs, topLogprobs,
        ]
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in options where !Key.named.contains(Key(name)) {
            try container.encode(value, forKey: Key(name))
        }
        try container.encode(model, forKey: .model)
        if case .embedding(let texts) = prompt { return try container.encode(texts, forKey: .input) }
        try container.encode(maxTokens, forKey: .maxTokens)
        try container.encode(temperature, forKey: .temperature)
        if !stop.isEmpty { try container.encode(stop, forKey: .stop) }
        try container.encodeIfPresent(seed, forKey: .seed)
        switch prompt {
        case .completion(let text):
            try container.encode(text, forKey: .prompt)
            try container.encodeIfPresent(topLogprobs, forKey: .logprobs)
        case .chat(let messages):
            try container.encode(messages, forKey: .messages)
            if let topLogprobs {
                try container.encode(true, forKey: .logprobs)
                try container.encode(topLogprobs, forKey: .topLogprobs)
            }
        case .embedding: break
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        model = try container.decode(String.self, forKey: .model)
        maxTokens = try container.decodeIfPresent(Int.self, forKey: .maxTokens) ?? 0
        temperature = try container.decodeIfPresent(Double.self, forKey: .temperature) ?? 0
        stop = try container.decodeIfPresent([String].self, forKey: .stop) ?? []
        seed = try container.decodeIfPresent(UInt32.self, forKey: .seed)
        options = [:]
        for key in container.allKeys where !Key.named.contains(key) {
            options[key.stringValue] = try container.decode(RequestValue.self, forKey: key)
        }
        if let texts = try container.decodeIfPresent([String].self, forKey: .input) {
            prompt = .embedding(texts)
        } else if let text = try container.decodeIfPresent(String.self, forKey: .prompt) {
            prompt = .completion(text)
            topLogprobs = try container.decodeIfPresent(Int.self, forKey: .logprobs)
        } else {
            prompt = .chat(try container.decode([Message].self, forKey: .messages))
            topLogprobs = try container.decodeIfPresent(Int.self, forKey: .topLogprobs)
        }
    }
}
