/// What is kept of an answer: enough to make texts and labels from it again.
package struct CompletionAnswer: Sendable, Hashable, Codable {
    /// The model's text.
    package var text: String
    /// Whether the model stopped by itself (`stop`) or was cut (`length`).
    package var finish: String?
    /// The texts of further choices, for calls that ask for several (`n`); `nil` if there are none.
    package var otherTexts: [String]?
    /// The likeliest first tokens, likeliest first; `nil` if the answer carried none.
    package var firstTokens: [TokenLogprob]?
    /// The endpoint's whole answer as JSON, for calls that keep it.
    package var body: String?

    package init(text: String, finish: String? = nil, firstTokens: [TokenLogprob]? = nil, body: String? = nil) {
        self.text = text
        self.finish = finish
        self.firstTokens = firstTokens
        self.body = body
    }

    /// Whether the endpoint turned this one call down, for instance because its text is too long. Such an answer is
    /// free, empty and not kept: the call is sent again by the next run.
    package var isRejected: Bool { finish == Self.rejection }

    static let rejection = "rejected by the endpoint"

    private enum CodingKeys: String, CodingKey {
        case text, finish, body
        case otherTexts = "others"
        case firstTokens = "top"
    }
}

/// A token and the natural logarithm of its probability. Coded as `["token", -0.5]`.
package struct TokenLogprob: Sendable, Hashable, Codable {
    package var token: String
    package var logprob: Double

    package init(token: String, logprob: Double) {
        self.token = token
        self.logprob = logprob
    }

    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        token = try container.decode(String.self)
        logprob = try container.decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(token)
        try container.encode(logprob)
    }
}

/// Tokens as the endpoint counts them; zero where it does not say.
package struct TokenUsage: Sendable, Hashable {
    package var input = 0
    package var output = 0
    /// Input tokens that the endpoint's prefix cache covered; part of `input`.
    package var cached = 0

    package init(input: Int = 0, output: Int = 0, cached: Int = 0) {
        self.input = input
        self.output = output
        self.cached = cached
    }
}
