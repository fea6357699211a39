/// What light edits leave as it is: forms of a text of which two texts share one if they are a word, or a letter, apart.
///
/// Left out of both texts, what differs no longer does (deletion neighbourhoods; Mor, Fraenkel 1982). So an added, dropped
/// or replaced word is found for certain, and so is a mistyped letter in a text that is too short for its words to tell.
enum EditForms {
    /// In a text of fewer words one of them often makes another question or opinion: of pairs of banking77's training
    /// questions that are a word apart, 72 % of those with six words have one label, 76 % with seven, 90 % with eight.
    static let leastWords = 7
    /// Of more words, one more or less leaves the shingles similar.
    static let mostWords = 32
    /// Texts of fewer letters are a letter apart by chance.
    static let leastLetters = 8
    /// In longer texts a letter more or less leaves the shingles similar, words or none.
    static let mostLetters = 256

    static func hashes(of words: NormalizedWords) -> [UInt64] {
        switch words.hashes.count {
        case ..<leastWords: letters(of: words) + [bag(words.hashes.sorted(), leavingOut: nil)]
        case ...mostWords: letters(of: words).prefix(1) + bags(of: words)
        default: []
        }
    }

    /// The words without their order: all, and all but one.
    private static func bags(of words: NormalizedWords) -> [UInt64] {
        let sorted = words.hashes.sorted()
        return [bag(sorted, leavingOut: nil)] + sorted.indices.map { bag(sorted, leavingOut: $0) }
    }

    private static func bag(_ sorted: [UInt64], leavingOut left: Int?) -> UInt64 {
        var hash = StableHash(seed: 1)
        for (index, word) in sorted.enumerated() where index != left { hash.combine(word) }
        return hash.value
    }

    /// The letters without spaces: all, and all but one.
    private static func letters(of words: NormalizedWords) -> [UInt64] {
        let letters = words.text.unicodeScalars.filter { $0 != " " }.map { UInt64($0.value) }
        guard letters.count >= leastLetters else { return [] }
        let whole = [string(letters, leavingOut: nil)]
        guard letters.count <= mostLetters else { return whole }
        return whole + letters.indices.map { string(letters, leavingOut: $0) }
    }

    private static func string(_ letters: [UInt64], leavingOut left: Int?) -> UInt64 {
        var hash = StableHash(seed: 2)
        for (index, letter) in letters.enumerated() where index != left { hash.combine(letter) }
        return hash.value
    }
}
