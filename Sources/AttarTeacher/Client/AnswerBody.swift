import Foundation

/// The parts that are read from an endpoint's answer, in the shapes seen in the field. Everything else is ignored.
struct AnswerBody: Decodable {
    let choices: [Choice]?
    /// Vectors; their numbers are left to whoever asked for them.
    let data: [Vector]?
    let usage: Usage?

    struct Vector: Decodable {}

    struct Choice: Decodable {
        let text: String?
        let message: Message?
        let logprobs: Logprobs?
        let finishReason: String?

        private enum CodingKeys: String, CodingKey {
            case text, message, logprobs
            case finishReason = "finish_reason"
        }
    }

    struct Message: Decodable { let content: String? }

    struct Usage: Decodable {
        let promptTokens: Int?
        let completionTokens: Int?
        let details: Details?

        private enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case details = "prompt_tokens_details"
        }

        struct Details: Decodable {
            let cachedTokens: Int?
            private enum CodingKeys: String, CodingKey { case cachedTokens = "cached_tokens" }
        }
    }

    /// `content[].top_logprobs[]`, or the legacy list of dictionaries `top_logprobs[]`.
    struct Logprobs: Decodable {
        let content: [Position]?
        let legacy: [[String: Double?]?]?

        private enum CodingKeys: String, CodingKey {
            case content
            case legacy = "top_logprobs"
        }

        struct Position: Decodable {
            let entries: [Entry]?
            private enum CodingKeys: String, CodingKey { case entries = "top_logprobs" }
        }

        struct Entry: Decodable {
            let token: String?
            let logprob: Double?
        }
    }
}

extension AnswerBody {
    /// The first choice, and the texts of others up to `count`, trimmed to what is kept. `nil` if there is no choice with
    /// a text.
    func answer(choices count: Int) -> CompletionAnswer? {
        guard let choice = choices?.first, choice.text != nil || choice.message != nil else { return nil }
        var answer = CompletionAnswer(
            text: choice.text ?? choice.message?.content ?? "", finish: choice.finishReason,
            firstTokens: choice.logprobs?.firstTokens)
        let others = (choices ?? []).prefix(count).dropFirst().compactMap { $0.text ?? $0.message?.content }
        if !others.isEmpty { answer.otherTexts = others }
        return answer
    }

    var tokenUsage: TokenUsage {
        func bounded(_ count: Int?) -> Int { min(max(count ?? 0, 0), 1 << 32) }
        return TokenUsage(
            input: bounded(usage?.promptTokens), output: bounded(usage?.completionTokens),
            cached: bounded(usage?.details?.cachedTokens))
    }
}

extension AnswerBody.Logprobs {
    /// Sorted by probability, then token, since a dictionary has no order; rounded so that the ledger stays small.
    var firstTokens: [TokenLogprob]? {
        let pairs: [(String, Double)]
        if let position = content?.first, let entries = position.entries {
            pairs = entries.compactMap { entry in entry.token.flatMap { token in entry.logprob.map { (token, $0) } } }
        } else if let dictionary = legacy?.first ?? nil {
            pairs = dictionary.compactMap { token, logprob in logprob.map { (token, $0) } }
        } else {
            return nil
        }
        guard !pairs.isEmpty else { return nil }
        return pairs.prefix(64)
            .map { TokenLogprob(token: $0, logprob: (min($1, 0) * 1e5).rounded() / 1e5) }
            .sorted { ($1.logprob, $0.token) < ($0.logprob, $1.token) }
    }
}
