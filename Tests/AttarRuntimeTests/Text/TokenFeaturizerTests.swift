import AttarRuntime
import AttarTestSupport
import Testing

@Suite("Tokens")
struct TokenFeaturizerTests {
    private static let texts = [
        "", " \t\n", "a", "Pay my bill, would you?", "ÄÖÜ straße 東京 👍🏽", "1,000 kettles!?", "a\u{0}b\u{1A}c",
    ]

    @Test("are the single words that n-grams are made of, in their order", arguments: texts)
    func words(text: String) {
        let words = NGramFeaturizer(buckets: 4099, wordLength: 1, shortestCharacters: 0, longestCharacters: 0)
        let tokens = TokenFeaturizer(vocabulary: 4099, maximumTokens: 100).tokens(of: text)
        #expect(tokens.ids == words.features(of: text).ids)
        #expect(!tokens.isTruncated)
    }

    @Test("beyond either limit are left out, and the text counts as cut", arguments: 0...12)
    func limits(most: Int) {
        let text = "one two three four five six"
        let all = TokenFeaturizer(vocabulary: 997, maximumTokens: 100).tokens(of: text).ids
        let cut = TokenFeaturizer(vocabulary: 997, maximumTokens: most).tokens(of: text)
        #expect(cut.ids == Array(all.prefix(most)))
        #expect(cut.isTruncated == (most < 6))
        let short = TokenFeaturizer(vocabulary: 997, maximumTokens: 100, maximumBytes: 7).tokens(of: text)
        #expect(short.ids == Array(all.prefix(2)) && short.isTruncated)
        // Spaces behind the last token are no loss.
        #expect(!TokenFeaturizer(vocabulary: 997, maximumTokens: 6).tokens(of: text + "  ").isTruncated)
    }

    @Test("lie in the vocabulary, whatever the text", arguments: [1, 2, 63, 1 << 20])
    func vocabulary(size: Int) {
        var random = SeededRandom(seed: UInt64(size))
        for _ in 0..<200 {
            let text = RandomText.sentence(words: random.below(30), &random)
            _ = TokenFeaturizer(vocabulary: size, maximumTokens: 20).tokens(of: text)
        }
    }
}
