/// Why a generated text is left out, in the order in which filters look.
package enum TextFlaw: String, CaseIterable, Codable, Sendable {
    case format, language, length, promptEcho, exactCopy, nearCopy, surplus

    /// For reports.
    package var meaning: String {
        switch self {
        case .format: "not one plain line of text"
        case .language: "another language or script"
        case .length: "too short or too long"
        case .promptEcho: "repeats the prompt or an example"
        case .exactCopy: "the same as a text before it"
        case .nearCopy: "nearly the same as a text before it"
        case .surplus: "more of its label than the balance allows"
        }
    }
}

/// Filters that need the texts alone, each one off where it is nil or false.
package struct TextFilters: Sendable {
    package var format = true
    package var language: LanguageProfile?
    package var length: LengthBounds?
    package var promptEcho: PromptEcho?
    package var exactCopies = true
    /// Texts that count as before the others for exact copies.
    package var known: [String] = []
    /// The Jaccard similarity of `Shingles` from which on a text copies another one.
    package var nearCopySimilarity: Double?
    /// The most rows a label may have, as a multiple of the rarest one's.
    package var largestLabelRatio: Double?

    package init() {}

    /// The first flaw of each text, nil for those that stay. A text is compared only with those before it that stay, and
    /// labels are balanced over what is left; `labels` has one a text, or none at all.
    package func flaws(of texts: [String], labels: [Int?] = []) -> [TextFlaw?] {
        var flaws = concurrentMap(texts, flaw)
        func drop(_ flaw: TextFlaw, where isFlawed: ([Int]) -> [Bool]) {
            let rows = texts.indices.filter { flaws[$0] == nil }
            for (row, isFlawed) in zip(rows, isFlawed(rows)) where isFlawed { flaws[row] = flaw }
        }
        if exactCopies {
            drop(.exactCopy) { rows in
                var known = Set(concurrentMap(self.known, normalizedText))
                return concurrentMap(rows.map { texts[$0] }, normalizedText).map { !known.insert($0).inserted }
            }
        }
        if let nearCopySimilarity {
            drop(.nearCopy) { rows in
                nearDuplicates(in: rows.map { texts[$0] }, threshold: nearCopySimilarity).map { $0 != nil }
            }
        }
        if let largestLabelRatio, labels.count == texts.count {
            drop(.surplus) { rows in surplus(of: rows.map { labels[$0] }, largestRatio: largestLabelRatio) }
        }
        return flaws
    }

    /// The first flaw that a text has by itself.
    package func flaw(of text: String) -> TextFlaw? {
        if format, formatFlaw(of: text) != nil { return .format }
        if let language, !language.fits(text) { return .language }
        if let length, !length.contains(text) { return .length }
        if let promptEcho, promptEcho.isEcho(text) { return .promptEcho }
        return nil
    }
}

extension Sequence<TextFlaw?> {
    /// How many texts have each flaw; flaws that are nowhere are left out.
    package var counts: [(flaw: TextFlaw, count: Int)] {
        let all = Array(self)
        return TextFlaw.allCases.map { flaw in (flaw, all.count { $0 == flaw }) }.filter { $0.1 > 0 }
    }
}

/// Bounds in characters (Unicode scalars) and words, both inclusive.
package struct LengthBounds: Sendable {
    package var characters: ClosedRange<Int>
    package var words: ClosedRange<Int>

    package init(characters: ClosedRange<Int> = 1...Int.max, words: ClosedRange<Int> = 1...Int.max) {
        self.characters = characters
        self.words = words
    }

    package func contains(_ text: String) -> Bool {
        characters.contains(text.unicodeScalars.count)
            && words.contains(text.split(whereSeparator: \.isWhitespace).count)
    }
}

/// Whether each row is one too many of its label: of labels with more than `largestRatio` times the rows of the rarest one
/// that occurs, the first ones stay. Rows without a label stay.
package func surplus(of labels: [Int?], largestRatio: Double) -> [Bool] {
    var counts: [Int: Int] = [:]
    for case let label? in labels { counts[label, default: 0] += 1 }
    let most = Int((Double(counts.values.min() ?? 0) * max(1, largestRatio)).rounded(.down))
    var seen: [Int: Int] = [:]
    return labels.map { label in
        guard let label else { return false }
        seen[label, default: 0] += 1
        return seen[label]! > most
    }
}
