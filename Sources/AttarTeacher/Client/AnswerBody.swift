import Foundation

/// The parts that are read from an endpoint's answer, in the shapes seen in the field. Everything else is ignored.
struct AnswerBody: Decodable {
    let choices: [Choice]?
    /// Vectors; their numbers are left to whoever asked for them.
    let data: [Vector]?
    let usage: Usage?

    private enum CodingKeys: String, CodingKey { case choices, data, usage }

    /// What is beside the answer may have any shape: an answer that was paid for is not lost for it.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        choices = try container.decodeIfPresent([Choice].self, forKey: .choices)
        data = try container.decodeIfPresent([Vector].self, forKey: .data)
        usage = try? container.decodeIfPresent(Usage.self, forKey: .usage)
    }

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

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            text = try container.decodeIfPresent(String.self, forKey: .text)
            message = try container.decodeIfPresent(Message.self, forKey: .message)
            logprobs = try? container.decodeIfPresent(Logprobs.self, forKey: .logprobs)
            finishReason = try? container.decodeIfPresent(String.self, forKey: .finishReason)
        }
    }

    /// A text, or a list of parts of which some are texts.
    struct Message: Decodable {
        let content: String?

        private struct Part: Decodable { let text: String? }
        private enum CodingKeys: String, CodingKey { case content }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            if let parts = try? container.decodeIfPresent([Part].self, forKey: .content) {
                content = parts.compactMap(\.text).joined()
            } else {
                content = try container.decodeIfPresent(String.self, forKey: .content)
            }
        }
    }

    struct Usage: Decodable {
        let promptTokens: Int?
        let completionTokens: Int?
        let details: Details?

        private enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case details = "prompt_tokens_details"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            promptTokens = try? container.decodeIfPresent(Int.self, forKey: .promptTokens)
            completionTokens = try? container.decodeIfPresent(Int.self, forKey: .completionTokens)
            details = try? container.decodeIfPresent(Details.self, forKey: .details)
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
    /// a text, or that a filter of the endpoint's left without one.
    func answer(choices count: Int) -> CompletionAnswer? {
        guard let choice = choices?.first,
            choice.text != nil || choice.message != nil || choice.finishReason == "content_filter"
        else { return nil }
        var answer = CompletionAnswer(
            text: choice.text ?? choice.message?.content ?? "", finish: choice.finishReason,
            firstTokens: choice.logprobs?.firstTokens)
        let others = (choices ?? []).prefix(count).dropFirst().compactMap { $0.text ?? $0.message?.content }
        if !others.isEmpty { answer.otherTexts = others }
        return answer
    }

    var tokenUsage: TokenUsage {
        // No context of today is as long.
        func bounded(_ count: Int?) -> Int { min(max(count ?? 0, 0), 1 << 24) }
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
