import Foundation

/// What a teacher may answer with, one word a label, and the reading of answers by them.
package struct LabelWords: Sendable, Hashable {
    /// As the prompt shows them.
    package let shown: [String]
    /// As they are compared: lower case, nothing around them; choices as they are shown.
    let spellings: [String]
    /// Letters and numbers, which stand for labels, are read strictly.
    let areChoices: Bool

    package init(_ words: [String]) {
        shown = words
        areChoices = words.allSatisfy { $0.count == 1 && $0.first?.isUppercase == true || Int($0) != nil }
        spellings = areChoices ? words : words.map(Self.plain)
    }

    package var count: Int { shown.count }

    /// A token or an answer in the form in which it is compared.
    func spelling(_ text: String) -> String {
        areChoices ? text.trimmingCharacters(in: Self.surroundings) : Self.plain(text)
    }

    /// The label that a whole answer names: its word, alone or before a mark. What else follows a word makes it
    /// another answer; of words that begin alike the longest counts.
    package func label(namedBy answer: String) -> Int? {
        let answer = spelling(answer)
        if let exact = spellings.firstIndex(of: answer) { return exact }
        let named = spellings.indices.filter { index in
            guard answer.hasPrefix(spellings[index]), let next = answer.dropFirst(spellings[index].count).first
            else { return false }
            return !Self.goesOn(next, afterChoice: areChoices)
        }
        return named.max { spellings[$0].count < spellings[$1].count }
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
