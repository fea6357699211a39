import Foundation

/// Scores labels token by token, for labels whose first token does not tell them apart.
///
/// From the beginning of an answer, each likely next token makes a longer beginning. One that only a single label
/// begins with settles its probability there; one that several share is asked about in turn, the likeliest first. So a
/// tree over the labels' spellings is walked along the branches that matter, and an endpoint's prefix cache makes each
/// step cost about one token. Nothing is known of the teacher's tokenizer, nor needs to be.
struct LabelWalk: Sendable {
    /// A beginning of an answer that several labels share.
    struct Branch: Sendable, Hashable {
        /// As the teacher would have written it so far, with its spaces and capitals; empty before the first token.
        var written: String
        /// Probability that the answer begins like this.
        var mass: Double
        /// Probability of its likeliest spelling, which is the one in `written`.
        fileprivate var leading: Double
    }

    /// Branches that hold less than this share of what begins a label are not walked.
    static let leastShare = 0.01

    private let words: LabelWords
    private var masses: [Double]
    private var branches: [String: Branch]
    /// What a label that no list names may hold: half of the least probability that the first list has.
    private var floor = 0.0
    private var callsLeft: Int

    /// - Parameter callLimit: most calls for this text.
    init(words: LabelWords, callLimit: Int) {
        self.words = words
        masses = Array(repeating: 0, count: words.count)
        branches = ["": Branch(written: "", mass: 1, leading: 1)]
        callsLeft = callLimit
    }

    /// Whether any of the likeliest first tokens begins a label.
    static func names(_ words: LabelWords, _ tokens: [TokenLogprob]) -> Bool {
        var walk = LabelWalk(words: words, callLimit: 1)
        for branch in walk.takeBranches() { walk.absorb(tokens, after: branch) }
        return walk.answer().isAnswered
    }

    /// The branches to ask about next, likeliest first; they are taken out. None when the walk is at its end.
    mutating func takeBranches() -> [Branch] {
        let inside = masses.reduce(0, +) + branches.values.reduce(0) { $0 + $1.mass }
        let worth = branches.filter { $0.value.mass >= Self.leastShare * inside }
            .sorted { ($1.value.mass, $0.key) < ($0.value.mass, $1.key) }.prefix(callsLeft)
        for (spelling, _) in worth { branches[spelling] = nil }
        callsLeft -= worth.count
        return worth.map(\.value)
    }

    /// Takes in the likeliest tokens after a branch.
    mutating func absorb(_ tokens: [TokenLogprob], after branch: Branch) {
        var listed = 0.0
        var least = 1.0
        for token in tokens {
            let probability = exp(token.logprob)
            listed += probability
            least = min(least, probability)
            take(
                branch.written + Self.readable(token.token), isEnd: token.token.isEmpty, mass: branch.mass * probability
            )
        }
        if branch.written.isEmpty { floor = min(least / 2, max(1 - listed, 0) / Double(words.count)) }
    }

    private mutating func take(_ written: String, isEnd: Bool, mass: Double) {
        let start = spelling(of: written)
        // Some vocabularies have the space before a word as a token of its own.
        guard !start.isEmpty || !isEnd && written == " " else { return }
        let sharing = words.labels(beginningWith: start)
        if isEnd || sharing.isEmpty {
            // The answer ended, or went on past the end of a label.
            if let label = words.label(namedBy: written) { masses[label] += mass }
        } else if sharing.count == 1, start.count >= 2 || words.label(spelled: start) != nil {
            masses[sharing[0]] += mass
        } else {
            var branch = branches[start] ?? Branch(written: written, mass: 0, leading: 0)
            branch.mass += mass
            if mass > branch.leading { (branch.written, branch.leading) = (written, mass) }
            branches[start] = branch
        }
    }

    /// The start of a label's spelling that an answer has reached: what stands at its end is part of it.
    private func spelling(of written: String) -> String {
        let start = written.drop { character in
            character.unicodeScalars.allSatisfy { LabelWords.surroundings.contains($0) }
        }
        return words.areChoices ? String(start) : start.lowercased()
    }

    /// The token as text: some servers print marks for spaces.
    private static func readable(_ token: String) -> String {
        token.replacing("Ġ", with: " ").replacing("▁", with: " ").replacing("Ċ", with: "\n")
    }

    /// What the walk has found. A branch that was not walked to its end belongs to the labels that begin like it, in
    /// equal parts: it is known to be theirs, and no more is known.
    func answer() -> LabelAnswer {
        var masses = masses
        for (start, branch) in branches where !start.isEmpty {
            let sharing = words.labels(beginningWith: start)
            for label in sharing { masses[label] += branch.mass / Double(sharing.count) }
        }
        let inside = masses.reduce(0, +)
        guard inside > 0 else { return .none(labels: words.count) }
        let floored = masses.map { max($0, floor, .leastNormalMagnitude) }
        let total = floored.reduce(0, +)
        return LabelAnswer(probabilities: floored.map { $0 / total }, massOutside: min(max(1 - inside, 0), 1))
    }
}
