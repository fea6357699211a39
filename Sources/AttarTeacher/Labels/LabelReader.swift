import Foundation

/// Reads label probabilities from the likeliest first tokens of an answer.
package struct LabelReader: Sendable {
    private let words: LabelWords

    package init(words: LabelWords) { self.words = words }

    package init(words: [String]) { self.init(words: LabelWords(words)) }

    /// Sums the probabilities of all tokens that only one label explains: its word or, from two characters on, a start
    /// of it; whatever the case and the space before it. Choices are read strictly.
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
        let spelling = words.spelling(token)
        if let exact = words.label(spelled: spelling) { return exact }
        guard !words.areChoices, spelling.count >= 2 else { return nil }
        let explaining = words.labels(beginningWith: spelling)
        return explaining.count == 1 ? explaining[0] : nil
    }
}
