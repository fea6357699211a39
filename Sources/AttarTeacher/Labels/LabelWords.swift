import Foundation

/// What a teacher may answer with, one word a label, and the reading of answers by them.
package struct LabelWords: Sendable, Hashable {
    /// As the prompt shows them.
    package let shown: [String]
    /// As they are compared: lower case, nothing around them; choices as they are shown.
    private let spellings: [Spelling]
    /// Letters and numbers, which stand for labels, are read strictly.
    let areChoices: Bool

    private struct Spelling: Hashable {
        let text: String
        let label: Int
    }

    /// - Parameter others: for each label further words that mean it, if it has any; choices have none.
    package init(_ words: [String], others: [[String]] = []) {
        shown = words
        areChoices = words.allSatisfy { $0.count == 1 && $0.first?.isUppercase == true || Int($0) != nil }
        let areChoices = areChoices
        func plain(_ word: String) -> String { areChoices ? word : Self.plain(word) }
        var spellings = words.enumerated().map { Spelling(text: plain($0.element), label: $0.offset) }
        for (label, words) in others.enumerated() where !areChoices {
            spellings += words.map { Spelling(text: plain($0), label: label) }
        }
        self.spellings = spellings
    }

    package var count: Int { shown.count }

    /// The label that is spelled exactly so.
    func label(spelled spelling: String) -> Int? { spellings.first { $0.text == spelling }?.label }

    /// The labels, each once, that have a spelling that begins so.
    func labels(beginningWith start: String) -> [Int] {
        var labels: [Int] = []
        for spelling in spellings where spelling.text.hasPrefix(start) && !labels.contains(spelling.label) {
            labels.append(spelling.label)
        }
        return labels
    }

    /// A token or an answer in the form in which it is compared.
    func spelling(_ text: String) -> String {
        areChoices ? text.trimmingCharacters(in: Self.surroundings) : Self.plain(text)
    }

    /// The label that a whole answer names: its word, alone or before a mark. What else follows a word makes it
    /// another answer; of words that begin alike the longest counts.
    package func label(namedBy answer: String) -> Int? {
        let answer = spelling(answer)
        if let exact = label(spelled: answer) { return exact }
        let named = spellings.filter { spelling in
            guard answer.hasPrefix(spelling.text), let next = answer.dropFirst(spelling.text.count).first
            else { return false }
            return !Self.goesOn(next, afterChoice: areChoices)
        }
        return named.max { $0.text.count < $1.text.count }?.label
    }

    /// Whether a character after a word makes it another one: “positively”, or “A great film” after the choice A.
    static func goesOn(_ next: Character, afterChoice: Bool) -> Bool {
        next.isLetter || next.isNumber || "-_'’".contains(next) || afterChoice && next == " "
    }

    /// Lower case, without the spaces, signs and tokenizer marks around it.
    static func plain(_ text: String) -> String {
        text.trimmingCharacters(in: surroundings).lowercased()
    }

    /// “Ġ” and “▁” are how some servers print the space before a token.
    static let surroundings = CharacterSet.whitespacesAndNewlines
        .union(.punctuationCharacters).union(.symbols).union(CharacterSet(charactersIn: "Ġ▁"))
}
