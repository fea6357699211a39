import AttarStatistics

/// Damage that texts of real users come with.
package enum Perturbation: String, CaseIterable, Sendable {
    case typos, capitals, lowerCase, withoutPunctuation, cut

    /// What it does, in words.
    package var name: String {
        switch self {
        case .typos: "a typo in every fifth word"
        case .capitals: "ALL IN CAPITALS"
        case .lowerCase: "all in lower case"
        case .withoutPunctuation: "without punctuation"
        case .cut: "cut off after half of the words"
        }
    }

    /// The damaged text; the same for the same seed.
    package func applied(to text: String, seed: UInt64) -> String {
        switch self {
        case .typos: Self.withTypos(text, seed: seed)
        case .capitals: text.uppercased()
        case .lowerCase: text.lowercased()
        case .withoutPunctuation:
            String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.properties.isPunctuation }))
        case .cut: Self.firstHalf(of: text)
        }
    }

    /// Words long enough to stay readable.
    private static let leastLetters = 4

    /// In each word of four letters or more, with probability 1/5, two neighbours inside it change places, or one is lost
    /// or written twice.
    private static func withTypos(_ text: String, seed: UInt64) -> String {
        var generator = SplitMix64(seed: seed)
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            var letters = Array(word)
            guard letters.count >= leastLetters, generator.below(5) == 0 else { return String(word) }
            let place = 1 + generator.below(letters.count - 2)
            switch generator.below(3) {
            case 0: letters.swapAt(place, place - (place > 1 ? 1 : -1))
            case 1: letters.remove(at: place)
            default: letters.insert(letters[place], at: place)
            }
            return String(letters)
        }
        return words.joined(separator: " ")
    }

    private static func firstHalf(of text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.prefix((words.count + 1) / 2).joined(separator: " ")
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPunctuation: Bool {
        switch generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}
