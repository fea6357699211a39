import Foundation

/// A settled call: the answer and what it took.
package struct SettledAnswer: Sendable, Hashable {
    package var answer: CompletionAnswer
    package var usage: TokenUsage

    package init(answer: CompletionAnswer, usage: TokenUsage) {
        self.answer = answer
        self.usage = usage
    }
}

/// How many calls a ledger holds.
package struct LedgerCounts: Sendable, Hashable {
    package var settled = 0
    /// Sent, or about to be, by a run that is going on or was broken off. They are sent again.
    package var reserved = 0
    package var evaluation = 0
    package var usage = TokenUsage()
}
