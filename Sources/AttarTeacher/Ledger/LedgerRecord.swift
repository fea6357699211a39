import Foundation

/// A settled call: the answer and what it took.
package struct SettledAnswer: Sendable, Hashable {
    package var answer: CompletionAnswer
    package var usage: TokenUsage

    package init(answer: CompletionAnswer, usage: TokenUsage) {
        self.answer = answer
        self.usage = usage
    }

    /// Stands for a call that the endpoint turned down.
    static let rejected = SettledAnswer(
        answer: CompletionAnswer(text: "", finish: CompletionAnswer.rejection), usage: TokenUsage())
}

/// A call with what is made of it once: its key and its body as it is sent.
struct KeyedCall: Sendable {
    let call: TeacherCall
    let body: Data
    let key: CallKey

    init(_ call: TeacherCall) {
        self.call = call
        body = call.request.canonicalJSON()
        key = CallKey(canonicalRequest: body, purpose: call.purpose, draw: call.draw, keepsBody: call.keepsBody)
    }
}

/// What a reservation comes to.
enum Reservation: Sendable {
    case reserved
    /// Somebody settled the call in the meantime.
    case settled(SettledAnswer)
    /// The budget does not allow it; what is spent or held so far.
    case refused(Budget.Limit, spent: Amount)
}

/// How many calls a ledger holds.
package struct LedgerCounts: Sendable, Hashable {
    package var settled = 0
    /// Sent, or about to be, by a run that is going on or was broken off. They are sent again.
    package var reserved = 0
    package var evaluation = 0
    package var usage = TokenUsage()
}
