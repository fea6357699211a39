/// A rung of the ladder: how a teacher's probabilities of the labels are got, the best first.
package enum LabelMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// One call a text: the log-probabilities of the answer's first token.
    case tokens
    /// A few calls a text: each label token by token, as far as it takes to tell it from the others.
    case scoring
    /// Several sampled answers a text, counted.
    case sampling
    /// One answer a text.
    case hard

    /// Whether an endpoint must give log-probabilities.
    package var needsLogprobs: Bool { self == .tokens || self == .scoring }

    /// As it stands in dataset.h5 and in reports.
    package var description: String {
        switch self {
        case .tokens: "label log-probabilities"
        case .scoring: "label scoring"
        case .sampling: "sampled answers"
        case .hard: "hard label"
        }
    }
}
