/// What a person decided about a text.
package enum ReviewDecision: Equatable, Sendable {
    case keep
    case drop
    /// The right label, by name.
    case relabel(String)
}

extension ReviewDecision: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let decision = ReviewDecision(text: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is no decision"))
        }
        self = decision
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    private static let relabelPrefix = "label: "

    /// “keep”, “drop” or “label: NAME”, as in files and tables.
    package var text: String {
        switch self {
        case .keep: "keep"
        case .drop: "drop"
        case .relabel(let label): Self.relabelPrefix + label
        }
    }

    /// Nil for any other text.
    package init?(text: String) {
        switch text {
        case "keep": self = .keep
        case "drop": self = .drop
        default:
            guard text.hasPrefix(Self.relabelPrefix), text.count > Self.relabelPrefix.count else { return nil }
            self = .relabel(String(text.dropFirst(Self.relabelPrefix.count)))
        }
    }
}
