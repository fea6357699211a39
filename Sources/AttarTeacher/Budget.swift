import Foundation

/// What calls take: an estimate before, a count after.
package struct Amount: Sendable, Hashable {
    package var requests = 0
    package var tokens = 0
    /// In 10⁻¹² of the recipe's currency: whole numbers, so that sums are exact.
    package var picoCost = 0

    package init(requests: Int = 0, tokens: Int = 0, picoCost: Int = 0) {
        self.requests = requests
        self.tokens = tokens
        self.picoCost = picoCost
    }

    package var cost: Double { Double(picoCost) / 1e12 }

    package static func + (left: Amount, right: Amount) -> Amount {
        Amount(
            requests: sum(left.requests, right.requests), tokens: sum(left.tokens, right.tokens),
            picoCost: sum(left.picoCost, right.picoCost))
    }

    /// An endpoint may count without bounds.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? (left > 0 ? .max / 2 : .min / 2) : sum
    }

    package static prefix func - (amount: Amount) -> Amount {
        Amount(requests: -amount.requests, tokens: -amount.tokens, picoCost: -amount.picoCost)
    }

    package static func - (left: Amount, right: Amount) -> Amount { left + -right }

    /// Rounded up.
    package func scaled(by factor: Double) -> Amount {
        func scaled(_ value: Int) -> Int { Int(min((Double(value) * factor).rounded(.up), 1e18)) }
        return Amount(requests: scaled(requests), tokens: scaled(tokens), picoCost: scaled(picoCost))
    }

    /// What is left of each kind when `other` is taken away: never less than nothing.
    package func reduced(by other: Amount) -> Amount {
        Amount(
            requests: max(requests - other.requests, 0), tokens: max(tokens - other.tokens, 0),
            picoCost: max(picoCost - other.picoCost, 0))
    }
}

/// What may be spent in all, over every start of a run.
package struct Budget: Sendable, Hashable {
    package enum Limit: String, Sendable, Hashable, CaseIterable {
        case requests, tokens, cost
    }

    package var requests: Int?
    package var tokens: Int?
    /// In the recipe's currency.
    package var cost: Double?

    package init(requests: Int? = nil, tokens: Int? = nil, cost: Double? = nil) {
        self.requests = requests
        self.tokens = tokens
        self.cost = cost
    }

    /// The lower of both limits of each kind.
    package mutating func tighten(to other: Budget) {
        func least<Value: Comparable>(_ one: Value?, _ other: Value?) -> Value? {
            [one, other].compactMap(\.self).min()
        }
        requests = least(requests, other.requests)
        tokens = least(tokens, other.tokens)
        cost = least(cost, other.cost)
    }

    /// Leaves so much for later.
    package mutating func keep(_ amount: Amount) {
        requests = requests.map { max($0 - amount.requests, 0) }
        tokens = tokens.map { max($0 - amount.tokens, 0) }
        cost = cost.map { max($0 - amount.cost, 0) }
    }

    /// The first limit that `amount` is beyond.
    package func limit(brokenBy amount: Amount) -> Limit? {
        if let requests, amount.requests > requests { return .requests }
        if let tokens, amount.tokens > tokens { return .tokens }
        if let cost, amount.cost > cost { return .cost }
        return nil
    }
}

/// Prices in the recipe's currency.
package struct Prices: Sendable, Hashable {
    package var perMillionInputTokens: Double?
    package var perMillionOutputTokens: Double?

    package init(perMillionInputTokens: Double? = nil, perMillionOutputTokens: Double? = nil) {
        self.perMillionInputTokens = perMillionInputTokens
        self.perMillionOutputTokens = perMillionOutputTokens
    }

    package func amount(of usage: TokenUsage) -> Amount {
        Amount(
            requests: 1, tokens: usage.input + usage.output,
            picoCost: usage.input * pico(perMillionInputTokens) + usage.output * pico(perMillionOutputTokens))
    }

    /// Rounded up, so that a rounded sum is never below the true one.
    private func pico(_ price: Double?) -> Int { Int(((price ?? 0) * 1e6).rounded(.up)) }
}

extension CompletionRequest {
    /// The most tokens that the request can take: one a byte of what is sent, with room for the template around it.
    ///
    /// Tokenizers of today work on bytes, and no token is shorter than one.
    var mostTokens: TokenUsage {
        switch prompt {
        case .completion(let text):
            return TokenUsage(input: text.utf8.count + 16 + optionBytes, output: maxTokens * choices)
        case .chat(let messages):
            let bytes = messages.reduce(0) { $0 + $1.content.utf8.count + $1.role.utf8.count + 16 }
            return TokenUsage(input: bytes + 64 + optionBytes, output: maxTokens * choices)
        case .embedding(let texts):
            return TokenUsage(input: texts.reduce(0) { $0 + $1.utf8.count + 16 })
        }
    }

    /// What is sent but for options and the names of fields.
    var promptBytes: Int {
        switch prompt {
        case .completion(let text): text.utf8.count
        case .chat(let messages): messages.reduce(0) { $0 + $1.content.utf8.count + 16 }
        case .embedding(let texts): texts.reduce(0) { $0 + $1.utf8.count }
        }
    }

    /// A likelier figure for the pace: four bytes a token.
    var likelyTokens: Int {
        let most = mostTokens
        return most.input / 4 + most.output
    }

    /// Answers that are asked for at once.
    var choices: Int {
        if case .integer(let count)? = options["n"] { return max(count, 1) }
        return 1
    }

    /// Schemas and the like may be shown to the model.
    private var optionBytes: Int {
        guard !options.isEmpty, let bytes = try? JSONEncoder().encode(options) else { return 0 }
        return bytes.count
    }
}
