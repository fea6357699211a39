import Foundation

/// What an answer's headers say about the pace that the endpoint allows. Times are spans: clocks differ.
package struct RateLimits: Sendable, Hashable, Codable {
    package var retryAfterSeconds: Double?
    package var remainingRequests: Int?
    package var requestsResetSeconds: Double?
    package var remainingTokens: Int?
    package var tokensResetSeconds: Double?

    /// Reads the headers of OpenAI, Azure and most others (`x-ratelimit-*`) and of Anthropic (`anthropic-ratelimit-*`).
    package init(header: (String) -> String?) {
        func value(_ name: String) -> String? { header("x-ratelimit-" + name) }
        retryAfterSeconds =
            header("retry-after-ms").flatMap(Double.init).map { $0 / 1000 }
            ?? header("retry-after").flatMap { Self.span($0) ?? Self.span(until: $0, from: header("date")) }
        remainingRequests = value("remaining-requests").flatMap { Int($0) }
        requestsResetSeconds = value("reset-requests").flatMap(Self.span)
        remainingTokens = value("remaining-tokens").flatMap { Int($0) }
        tokensResetSeconds = value("reset-tokens").flatMap(Self.span)
    }

    /// Whether the endpoint says anything about rates in ordinary answers.
    package var areTold: Bool { remainingRequests != nil || remainingTokens != nil }

    /// How long to hold back calls that need `tokens` each; `nil` where there is room.
    func holdSeconds(tokens: Int) -> Double? {
        if let remainingRequests, remainingRequests <= 0, let requestsResetSeconds { return requestsResetSeconds }
        if let remainingTokens, remainingTokens < tokens, let tokensResetSeconds { return tokensResetSeconds }
        return nil
    }

    /// `7`, `0.5`, `20ms`, `1s`, `6m0s`, `1h2m3s`.
    private static func span(_ text: String) -> Double? {
        if let seconds = Double(text) {
            // Beyond a month it is a point in time.
            return seconds >= 0 && seconds < 2.7e6 ? min(seconds, longest) : nil
        }
        let units: [Substring: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400]
        var rest = text[...]
        var seconds = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(number), let factor = units[unit] else { return nil }
            seconds += value * factor
        }
        return min(seconds, longest)
    }

    /// Between two dates as HTTP writes them (RFC 9110, section 5.6.7), both by the endpoint's own clock.
    private static func span(until date: String, from now: String?) -> Double? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let now, let start = formatter.date(from: now), let end = formatter.date(from: date) else { return nil }
        return min(max(end.timeIntervalSince(start), 0), longest)
    }

    private static let longest = 3600.0
}
