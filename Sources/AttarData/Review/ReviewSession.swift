/// A review under way: what is shown, and what keys do. It reads and prints nothing itself.
package struct ReviewSession: Sendable {
    package enum Key: Equatable, Sendable {
        case keep, drop, undo, quit, skip
        /// The label with this index.
        case label(Int)

        /// `k`, `d`, `u`, `q`, `s` or space, and `1` to `9` for the first labels.
        package init?(_ character: Character) {
            switch character {
            case "k": self = .keep
            case "d": self = .drop
            case "u": self = .undo
            case "q": self = .quit
            case "s", " ": self = .skip
            default:
                guard character.isASCII, let digit = character.wholeNumberValue, digit >= 1 else { return nil }
                self = .label(digit - 1)
            }
        }
    }

    /// What came of a key.
    package enum Outcome: Equatable, Sendable {
        case decided, skipped, undone, ended
        /// Nothing to undo, or no label of that number.
        case impossible
    }

    package let labels: [String]
    package let items: [ReviewItem]
    package private(set) var decisions: ReviewDecisions
    /// The place of the item that is shown; the number of items at the end.
    package private(set) var position = 0
    private var hasQuit = false
    /// Places that keys were pressed at, with what was decided there before.
    private var history: [(position: Int, before: ReviewDecision?)] = []

    package init(labels: [String], items: [ReviewItem], decisions: ReviewDecisions) {
        self.labels = labels
        self.items = items
        self.decisions = decisions
    }

    /// What to show; nil when the review has ended.
    package var current: ReviewItem? { hasQuit || position >= items.count ? nil : items[position] }

    package mutating func press(_ key: Key) -> Outcome {
        if key == .undo {
            guard let last = history.popLast() else { return .impossible }
            position = last.position
            decisions[id: items[position].id] = last.before
            return .undone
        }
        guard let item = current else { return .ended }
        switch key {
        case .keep: decide(.keep, item)
        case .drop: decide(.drop, item)
        case .label(let label):
            guard labels.indices.contains(label) else { return .impossible }
            decide(.relabel(labels[label]), item)
        case .skip:
            history.append((position, decisions[id: item.id]))
            position += 1
            return .skipped
        case .quit, .undo:
            hasQuit = true
            return .ended
        }
        return .decided
    }

    private mutating func decide(_ decision: ReviewDecision, _ item: ReviewItem) {
        history.append((position, decisions[id: item.id]))
        decisions[id: item.id] = decision
        position += 1
    }
}
