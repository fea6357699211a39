import AttarRuntime
import AttarTestSupport
import Testing

@Suite("Lower-casing")
struct LowerCaseTests {
    /// One word is one feature, so equal features mean equal lower-case forms.
    private let words = NGramFeaturizer(buckets: 1 << 30, wordLength: 1, shortestCharacters: 0, longestCharacters: 0)

    /// The blocks whose case is known: Latin with its extensions A, B and Additional, Greek, Cyrillic with its
    /// supplement, full-width Latin.
    private static let blocks: [ClosedRange<UInt32>] = [
        0x00...0x24F, 0x370...0x3FF, 0x400...0x52F, 0x1E00...0x1EFF, 0xFF21...0xFF5A,
    ]

    /// Scalars with a lower-case form that is kept apart: it is longer in UTF-8 or two scalars.
    private static let exceptions: Set<UInt32> = [0x23A, 0x23E]

    private static let scalars = blocks.flatMap { $0.compactMap(Unicode.Scalar.init) }

    @Test("agrees with the standard library on every scalar of the blocks it covers")
    func agreesWithTheStandardLibrary() {
        for scalar in Self.scalars where !Self.exceptions.contains(scalar.value) {
            let lower = scalar.properties.lowercaseMapping
            // Dotted capital I becomes a plain i: its full mapping has a combining dot.
            let expected = scalar.value == 0x130 ? "i" : lower
            #expect(
                words.features(of: String(scalar)) == words.features(of: expected),
                "U+\(String(scalar.value, radix: 16)) \(scalar)")
        }
    }

    @Test("joins no letters but the two case forms of one")
    func keepsLettersApart() {
        var seen: [[UInt32]: String] = [:]
        for scalar in Self.scalars where scalar.properties.isAlphabetic {
            // Final sigma is sigma.
            let lower = scalar.value == 0x3C2 ? "σ" : scalar.value == 0x130 ? "i" : scalar.properties.lowercaseMapping
            guard !Self.exceptions.contains(scalar.value) else { continue }
            let ids = words.features(of: String(scalar)).ids
            #expect(seen[ids] == nil || seen[ids] == lower, "\(scalar) and \(seen[ids] ?? "")")
            seen[ids] = lower
        }
    }

    @Test(
        "lets the case of a text make no difference",
        arguments: [
            "the quick brown fox", "straßenbahn", "øl på brætspil", "cần tư vấn về khoản vay", "și țara mea",
            "ελληνικός λόγος", "быстрая коричневая лиса ёжик", "įžeminimas ąžuolas",
        ])
    func caseMakesNoDifference(text: String) {
        let featurizer = NGramFeaturizer(buckets: 1 << 20)
        // Sharp s has no single capital, so it is left as it is.
        let upper = String(
            text.unicodeScalars.map { $0 == "ß" ? "ß" : $0.properties.uppercaseMapping }.joined())
        #expect(featurizer.features(of: upper) == featurizer.features(of: text))
    }
}
