import Crypto
import Foundation

/// One question to the model, without anything that depends on where the model runs.
///
/// Its canonical JSON is what the ledger keeps and what the key is made of.
package struct CompletionRequest: Sendable, Hashable, Codable {
    package enum Prompt: Sendable, Hashable {
        /// `/completions`: the model goes on with this text.
        case completion(String)
        /// `/chat/completions`.
        case chat([Message])
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

    package init(
        model: String, prompt: Prompt, maxTokens: Int, temperature: Double, stop: [String] = [],
        topLogprobs: Int? = nil, seed: UInt32? = nil
    ) {
        self.model = model
        self.prompt = prompt
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.stop = stop
        self.topLogprobs = topLogprobs
        self.seed = seed
    }

    /// The path below the endpoint.
    var path: String {
        switch prompt {
        case .completion: "completions"
        case .chat: "chat/completions"
        }
    }

    // Both API shapes in one: the body sent to the endpoint is this coding.
    private enum CodingKeys: String, CodingKey {
        case model, prompt, messages, temperature, stop, logprobs, seed
        case maxTokens = "max_tokens"
        case topLogprobs = "top_logprobs"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
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
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(String.self, forKey: .model)
        maxTokens = try container.decode(Int.self, forKey: .maxTokens)
        temperature = try container.decode(Double.self, forKey: .temperature)
        stop = try container.decodeIfPresent([String].self, forKey: .stop) ?? []
        seed = try container.decodeIfPresent(UInt32.self, forKey: .seed)
        if let text = try container.decodeIfPresent(String.self, forKey: .prompt) {
            prompt = .completion(text)
            topLogprobs = try container.decodeIfPresent(Int.self, forKey: .logprobs)
        } else {
            prompt = .chat(try container.decode([Message].self, forKey: .messages))
            topLogprobs = try container.decodeIfPresent(Int.self, forKey: .topLogprobs)
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
