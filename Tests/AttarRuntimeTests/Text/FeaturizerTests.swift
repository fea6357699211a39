import AttarRuntime
import AttarTestSupport
import Testing

@Suite("Hashed n-grams")
struct FeaturizerTests {
    private static let settings = [0, 1, 2, 3].flatMap { words in
        [(0, 0), (1, 1), (1, 2), (1, 3), (1, 5), (2, 2), (2, 4), (3, 3), (3, 5), (5, 6), (16, 16)].flatMap {
            characters in
            [(1, false), (7, true), (4096, false), (4096, true)].map { maximumBytes, crossWords in
                NGramFeaturizer(
                    buckets: 8192, wordLength: words, shortestCharacters: characters.0,
                    longestCharacters: characters.1, charactersCrossWords: crossWords, maximumBytes: maximumBytes)
            }
        }
    }

    @Test("stay within their promised number and table, whatever the bytes and settings")
    func staysWithinBounds() {
        var random = SeededRandom(seed: 1)
        for featurizer in Self.settings {
            for longest in [1, 2, 3, 8, 40, 300] {
                for _ in 0..<12 {
                    let text = RandomText.bytes(longest: longest, &random)
                    let features = featurizer.features(of: text)
                    #expect(features == featurizer.features(of: text))
                }
            }
            // The worst cases: one-letter words, one long word, only symbols, only broken bytes.
            for text in [
                "a", "a a a a", "ab ab ab", "aaaaaaaaaaaaaaaa", "!?!?!?", "é é", "\u{1F600}\u{1F600}", "\u{0}\u{0}",
            ] {
                _ = featurizer.features(of: text)
            }
            for byte in UInt8.min...UInt8.max { _ = featurizer.features(of: [byte]) }
            _ = featurizer.features(of: [UInt8](repeating: 0xFF, count: 9))
        }
    }

    @Test("every table size is hit within its bounds", arguments: [1, 2, 3, 1000, 8192, 1 << 30])
    func tableSizes(buckets: Int) {
        var random = SeededRandom(seed: UInt64(buckets))
        let featurizer = NGramFeaturizer(buckets: buckets)
        for _ in 0..<50 { _ = featurizer.features(of: RandomText.bytes(longest: 400, &random)) }
    }

    @Test("of known n-grams are those of all whose bucket is known, by rank", arguments: [64, 4096])
    func knownNGrams(buckets: Int) {
        var random = SeededRandom(seed: UInt64(buckets))
        for _ in 0..<40 {
            let known = KnownBuckets(words: (0..<(buckets / 64)).map { _ in random.next() & random.next() })
            let rows = (0..<buckets).filter { known.words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
            #expect(known.rows == rows.count && known.buckets == buckets)
            // One kind of n-grams at a time, so that all weights are alike.
            for words in [0, 2] {
                let all = NGramFeaturizer(
                    buckets: buckets, wordLength: words, shortestCharacters: words == 0 ? 3 : 0,
                    longestCharacters: words == 0 ? 5 : 0)
                let text = RandomText.sentence(words: 9, &random)
                let expected = all.features(of: text).ids.compactMap { id in rows.firstIndex(of: Int(id)) }
                let found = all.keeping(known).features(of: text)
                #expect(found.ids == expected.map { UInt32($0) })
                #expect(found.weights.allSatisfy { $0 == 1 / Float(expected.count).squareRoot() })
            }
        }
    }

    @Test("spread over the table")
    func spread() {
        let featurizer = NGramFeaturizer(buckets: 64, wordLength: 1, shortestCharacters: 0, longestCharacters: 0)
        var counts = [Int](repeating: 0, count: 64)
        for word in 0..<6400 {
            for id in featurizer.features(of: "w\(word)").ids { counts[Int(id)] += 1 }
        }
        // 100 expected each; a fair hash strays by more than six standard deviations once in many millions of tables.
        #expect(counts.allSatisfy { (40...160).contains($0) })
    }

    @Test("an empty text has none", arguments: ["", " ", "\t\n ", "\u{200B}", "\u{FEFF}"])
    func emptyTexts(text: String) {
        #expect(NGramFeaturizer(buckets: 100).features(of: text) == Features(ids: [], weights: []))
    }

    @Test("are as many as the definition says")
    func counts() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<300 {
            let words = random.whole(in: 1...12)
            let text = RandomText.sentence(words: words, &random)
            let lengths = text.split(separator: " ").map(\.utf8.count)
            for (wordLength, shortest, longest) in [(1, 0, 0), (2, 3, 5), (3, 1, 4), (2, 2, 2)] {
                let featurizer = NGramFeaturizer(
                    buckets: 1 << 20, wordLength: wordLength, shortestCharacters: shortest, longestCharacters: longest)
                let wordGrams = (1...wordLength).reduce(0) { $0 + max(0, words - $1 + 1) }
                // Each word has a mark at both ends.
                let characterGrams =
                    longest == 0
                    ? 0
                    : lengths.reduce(0) { sum, length in
                        sum + (shortest...longest).reduce(0) { $0 + max(0, length + 2 - $1 + 1) }
                    }
                #expect(featurizer.features(of: text).ids.count == wordGrams + characterGrams, "“\(text)”")
                // Over the whole text, one space stands before each token and behind the last.
                var crossing = featurizer
                crossing.charactersCrossWords = true
                let whole = lengths.reduce(1) { $0 + $1 + 1 }
                let wholeGrams = longest == 0 ? 0 : (shortest...longest).reduce(0) { $0 + max(0, whole - $1 + 1) }
                #expect(crossing.features(of: text).ids.count == wordGrams + wholeGrams, "“\(text)”")
            }
        }
    }

    @Test("weigh scale / √count of their kind")
    func weights() {
        let featurizer = NGramFeaturizer(buckets: 1 << 20, wordScale: 3, characterScale: 0.5)
        let features = featurizer.features(of: "pay my bill")
        let characters = "pay my bill".split(separator: " ").reduce(0) { sum, word in
            sum + (3...5).reduce(0) { $0 + max(0, word.count + 3 - $1) }
        }
        let words = 3 + 2
        #expect(features.weights.prefix(characters).allSatisfy { $0 == 0.5 / Float(characters).squareRoot() })
        #expect(features.weights.suffix(words).allSatisfy { $0 == 3 / Float(words).squareRoot() })
        #expect(features.weights.count == characters + words)
    }

    @Test("do not see white space, only where words end")
    func whiteSpace() {
        let featurizer = NGramFeaturizer(buckets: 1 << 20)
        #expect(featurizer.features(of: "  pay\t\nbill ") == featurizer.features(of: "pay bill"))
        #expect(featurizer.features(of: "paybill") != featurizer.features(of: "pay bill"))
    }

    @Test("see the order of words only through n-grams of words")
    func wordOrder() {
        let bag = NGramFeaturizer(buckets: 1 << 20, wordLength: 1)
        let pairs = NGramFeaturizer(buckets: 1 << 20, wordLength: 2)
        #expect(bag.features(of: "not good").ids.sorted() == bag.features(of: "good not").ids.sorted())
        #expect(pairs.features(of: "not good").ids.sorted() != pairs.features(of: "good not").ids.sorted())
    }

    @Test("of a text beyond the limit are those of its beginning")
    func truncation() {
        var random = SeededRandom(seed: 4)
        for limit in [1, 2, 5, 16, 100] {
            let short = NGramFeaturizer(buckets: 1 << 20, maximumBytes: limit)
            let long = NGramFeaturizer(buckets: 1 << 20, maximumBytes: 4096)
            for _ in 0..<50 {
                let text = RandomText.bytes(longest: 300, &random)
                #expect(short.features(of: text) == long.features(of: Array(text.prefix(limit))))
            }
        }
    }

    @Test("broken bytes count one by one and never join words")
    func brokenBytes() {
        let featurizer = NGramFeaturizer(buckets: 1 << 20)
        let broken = featurizer.features(of: Array("pay".utf8) + [0xFF] + Array("bill".utf8))
        let other = featurizer.features(of: Array("pay".utf8) + [0xC0] + Array("bill".utf8))
        #expect(broken == other)
        #expect(broken == featurizer.features(of: "pay\u{1A}bill"))
        #expect(broken != featurizer.features(of: "paybill"))
        let tokens = NGramFeaturizer(buckets: 1 << 20, wordLength: 1, shortestCharacters: 0, longestCharacters: 0)
        for bytes in [
            [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]] {
            #expect(tokens.features(of: bytes).ids.count == bytes.count)
        }
    }
}
