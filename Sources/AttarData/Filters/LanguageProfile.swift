/// Which script, and if it is known which language, texts are expected in.
///
/// It errs on the side of keeping: a text is refused only for letters of another script, or for several of the commonest
/// words of another language where hardly any of its own are.
package struct LanguageProfile: Equatable, Sendable {
    /// The share of letters that must be of an expected script.
    static let leastScriptShare = 0.8
    /// Scripts with less of the samples' letters are names and loans.
    static let leastSampleShare = 0.05
    /// Common words of another language that are evidence enough.
    static let leastForeignWords = 3

    package private(set) var scripts: Set<Script>
    /// ISO 639-1; nil if the samples have too few common words of any language, or as many of two.
    package private(set) var language: String?

    /// - Parameter samples: texts as they should be, such as the user's own; without letters everything fits.
    package init(samples: [String]) {
        var letters: [Script: Int] = [:]
        var hits: [String: Int] = [:]
        for sample in samples {
            letters.merge(Script.letters(of: sample)) { $0 + $1 }
            hits.merge(CommonWords.hits(in: sample)) { $0 + $1 }
        }
        let total = letters.values.reduce(0, +)
        scripts = Set(letters.filter { Double($0.value) >= Self.leastSampleShare * Double(total) }.keys)
        let ranked = hits.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        if let best = ranked.first, best.value >= Self.leastForeignWords,
            ranked.count < 2 || 2 * best.value >= 3 * ranked[1].value
        {
            language = best.key
        }
    }

    package func fits(_ text: String) -> Bool {
        let letters = Script.letters(of: text)
        let total = letters.values.reduce(0, +)
        guard total > 0, !scripts.isEmpty else { return true }
        let expected = letters.filter { scripts.contains($0.key) }.values.reduce(0, +)
        if Double(expected) < Self.leastScriptShare * Double(total) { return false }
        guard let language else { return true }
        let hits = CommonWords.hits(in: text)
        let foreign = hits.filter { $0.key != language }.values.max() ?? 0
        return foreign < Self.leastForeignWords || foreign <= 2 * (hits[language] ?? 0)
    }
}

/// Writing systems as far as they tell languages apart.
package enum Script: String, CaseIterable, Sendable {
    case latin, greek, cyrillic, hebrew, arabic, devanagari, thai, han, kana, hangul, other

    /// How many letters of each script a text has.
    static func letters(of text: String) -> [Script: Int] {
        var counts: [Script: Int] = [:]
        for scalar in text.unicodeScalars where scalar.properties.isAlphabetic {
            counts[Script(scalar.value), default: 0] += 1
        }
        return counts
    }

    private init(_ scalar: UInt32) {
        switch scalar {
        case 0x41...0x24F, 0x1E00...0x1EFF, 0xFF21...0xFF5A: self = .latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
        case 0x400...0x52F: self = .cyrillic
        case 0x590...0x5FF: self = .hebrew
        case 0x600...0x6FF, 0x750...0x77F, 0x8A0...0x8FF, 0xFB50...0xFDFF, 0xFE70...0xFEFF: self = .arabic
        case 0x900...0x97F: self = .devanagari
        case 0xE00...0xE7F: self = .thai
        case 0x3040...0x30FF: self = .kana
        case 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: self = .han
        case 0x1100...0x11FF, 0xAC00...0xD7AF: self = .hangul
        default: self = .other
        }
    }
}
