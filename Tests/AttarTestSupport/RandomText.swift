/// Text as the world sends it: words, symbols, scripts with and without case, emoji, control characters, broken UTF-8.
package enum RandomText {
    /// Up to `longest` bytes, cut anywhere.
    package static func bytes(longest: Int, _ random: inout SeededRandom) -> [UInt8] {
        let length = random.whole(in: 0...longest)
        var bytes: [UInt8] = []
        while bytes.count < length { bytes += piece(&random) }
        return Array(bytes.prefix(length))
    }

    /// Valid UTF-8 of a few words.
    package static func sentence(words: Int, _ random: inout SeededRandom) -> String {
        (0..<words).map { _ in
            String(
                String.UnicodeScalarView(
                    (0..<random.whole(in: 1...9)).map { _ in Unicode.Scalar(UInt8(0x61 + random.below(26))) }))
        }.joined(separator: " ")
    }

    private static func piece(_ random: inout SeededRandom) -> [UInt8] {
        switch random.below(12) {
        case 0: [0x20]
        case 1: Array(" ".utf8) + [UInt8(0x61 + random.below(26))]
        case 2: Array("\(random.below(1000))".utf8)
        case 3:
            Array(random.pick(["!", "?", "...", "—", "€", "'", "\u{0}", "\u{1A}", "\n", "\u{FEFF}", "\u{200D}"]).utf8)
        case 4: Array(random.pick(["👍🏽", "👩‍👩‍👧", "🇮🇳", "☕️", "\u{10FFFF}"]).utf8)
        case 5: Array(random.pick(["Ärger", "ÑANDÚ", "Ελλάδα", "ΔΈΛΤΑ", "Привет", "ЁЛКА", "İstanbul", "ǅ"]).utf8)
        case 6: Array(random.pick(["東京", "नमस्ते", "שלום", "ภาษาไทย", "e\u{301}", "ﬁ"]).utf8)
        case 7: [UInt8(random.below(256))]
        case 8: (0..<random.whole(in: 1...4)).map { _ in UInt8(0x80 + random.below(128)) }
        case 9:
            random.pick([[0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F]])
        default:
            (0..<random.whole(in: 1...8)).map { _ in UInt8((random.happens(0.2) ? 0x41 : 0x61) + random.below(26)) }
        }
    }
}
