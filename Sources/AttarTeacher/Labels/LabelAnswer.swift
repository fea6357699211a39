import Foundation

/// What the teacher says about one text.
package struct LabelAnswer: Sendable, Hashable {
    /// Probability of each label given that the answer is a label; sums to 1. All NaN without an answer.
    package var probabilities: [Double]
    /// Probability that the teacher gave to anything that names no label, or several. 1 without an answer.
    package var massOutside: Double

    /// Whether the teacher named a label at all. A text without content is not sent and has no answer either.
    package var isAnswered: Bool { probabilities.first.map { !$0.isNaN } ?? false }

    package static func none(labels count: Int) -> LabelAnswer {
        LabelAnswer(probabilities: Array(repeating: .nan, count: count), massOutside: 1)
    }

    package init(probabilities: [Double], massOutside: Double) {
        self.probabilities = probabilities
        self.massOutside = massOutside
    }
}

/// Reads label probabilities from the likeliest first tokens of an answer.
package struct LabelReader: Sendable {
    private let words: [String]
    private let isLettered: Bool

    /// - Parameter words: what the teacher may answer with, one a label. Single capital letters are read strictly.
    package init(words: [String]) {
        isLettered = words.allSatisfy { $0.count == 1 && $0.first?.isUppercase == true }
        self.words = isLettered ? words : words.map(Self.plain)
    }

    /// Sums the probabilities of all tokens that only one label explains: its word or, from two characters on, a start
    /// of it; whatever the case and the space before it.
    ///
    /// A label that no listed token names gets half of the least listed probability, since that is all the list says
    /// about it. If no token names any label there is no answer: nothing is ever guessed.
    package func read(_ tokens: [TokenLogprob]) -> LabelAnswer {
        var masses = Array(repeating: 0.0, count: words.count)
        var listed = 0.0
        var least = 1.0
        for token in tokens {
            let probability = exp(token.logprob)
            listed += probability
            least = min(least, probability)
            if let label = label(named: token.token) { masses[label] += probability }
        }
        let inside = masses.reduce(0, +)
        guard inside > 0 else { return .none(labels: words.count) }
        // What is not listed at all can hold no more than this.
        let floor = min(least / 2, max(1 - listed, 0))
        let floored = masses.map { $0 > 0 ? $0 : max(floor, Double.leastNormalMagnitude) }
        let total = floored.reduce(0, +)
        return LabelAnswer(probabilities: floored.map { $0 / total }, massOutside: min(max(1 - inside, 0), 1))
    }

    /// The only label that explains the token.
    private func label(named token: String) -> Int? {
        if isLettered {
            let letter = token.trimmingCharacters(in: Self.surroundings)
            return words.firstIndex(of: letter)
        }
        let spelling = Self.plain(token)
        guard !spelling.isEmpty else { return nil }
        if let exact = words.firstIndex(of: spelling) { return exact }
        guard spelling.count >= 2 else { return nil }
        let explaining = words.indices.filter { words[$0].hasPrefix(spelling) }
        return explaining.count == 1 ? explaining[0] : nil
    }

    /// Lower case, without the spaces, signs and tokenizer marks around it.
    private static func plain(_ text: String) -> String {
        text.trimmingCharacters(in: surroundings).lowercased()
    }

    /// “Ġ” and “▁” are how some servers print the space before a token.
    private static let surroundings = CharacterSet.whitespacesAndNewlines
        .union(.punctuationCharacters).union(.symbols).union(CharacterSet(charactersIn: "Ġ▁"))
}
