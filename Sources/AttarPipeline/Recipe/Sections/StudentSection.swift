/// The small model.
package struct StudentSection: RecipeSection {
    package enum Family: String, CaseIterable, Sendable {
        /// Hashed word and character n-grams, an embedding bag, an optional hidden layer.
        case bag
        /// Hashed words in their order, a transformer encoder.
        case encoder
    }

    package enum Pooling: String, CaseIterable, Sendable { case mean, first }

    package enum Vocabulary: String, CaseIterable, Sendable {
        /// Every n-gram has a row, which others may share.
        case hashed
        /// Only n-grams of the training rows have rows; others are left out.
        case known
    }

    package let family: Family
    package let vocabulary: Vocabulary
    package let buckets: Int
    package let width: Int
    package let hidden: Int
    package let wordNgrams: Int
    package let characterNgrams: ClosedRange<Int>
    package let charactersCrossWords: Bool
    package let wordScale: Double
    package let characterScale: Double
    package let maximumBytes: Int
    package let layers: Int
    package let heads: Int
    package let feedForward: Int
    package let pooling: Pooling
    package let maximumTokens: Int

    package init(_ keys: inout KeyReader) {
        let family: Family = keys.value(
            "family", .choice(), default: .bag,
            "bag: an embedding bag over hashed words and characters. encoder: a transformer over hashed words.")
        self.family = family
        let isBag = family == .bag
        vocabulary = keys.keys(onlyIf: isBag, Self.bagOnly) { keys in
            keys.value(
                "vocabulary", .choice(), default: .known,
                "known: only n-grams of the training texts have rows, the most frequent ones first; hashed: all n-grams share them, which suits small tables for many labels."
            )
        }
        buckets = keys.value(
            "buckets", .integer(64...16_777_216), default: isBag ? 262_144 : 16_384,
            "Rows of the embedding table; at most, where the vocabulary is known. An encoder has 16384 unless told.")
        let width = keys.value(
            "width", .integer(4...4096), default: isBag ? 16 : 128,
            "Numbers in each row of the table. An encoder has 128 unless told.")
        self.width = width
        hidden = keys.keys(onlyIf: isBag, Self.bagOnly) { keys in
            keys.value("hidden", .integer(0...4096), default: 0, "Width of the hidden layer; 0 for none.")
        }
        (wordNgrams, characterNgrams, charactersCrossWords) = keys.keys(onlyIf: isBag, Self.bagOnly, Self.nGrams)
        (wordScale, characterScale) = keys.keys(onlyIf: isBag, Self.bagOnly) { keys in
            (
                keys.value(
                    "word-scale", .number(0...100), default: 1,
                    "Weight of all word features of a text together, before training."),
                keys.value(
                    "character-scale", .number(0...100), default: 0.5, "Weight of all character features together.")
            )
        }
        maximumBytes = keys.value(
            "maximum-bytes", .integer(16...1_048_576), default: 4096,
            "Text beyond this many bytes is not read; the report counts such texts.")
        let encoderOnly = "it is a key of family encoder; leave it out, or write `family: encoder`"
        (layers, heads, feedForward) = keys.keys(onlyIf: !isBag, encoderOnly) { keys in
            (
                keys.value("layers", .integer(1...64), default: 2, "Layers of the encoder, 2 unless told."),
                keys.value(
                    "heads", .integer(1...64), default: 4, "Heads of attention, 4 unless told; they divide the width."),
                keys.value(
                    "feed-forward", .integer(1...16_384), default: min(4 * width, 16_384),
                    "Units between the two layers after attention; four times the width unless told.")
            )
        }
        (pooling, maximumTokens) = keys.keys(onlyIf: !isBag, encoderOnly) { keys in
            (
                keys.value(
                    "pooling", .choice(), default: .mean,
                    "What becomes of a text's tokens: their mean, unless told, or the first one."),
                keys.value(
                    "maximum-tokens", .integer(1...8192), default: 128,
                    "Words of a text beyond this many are not read, 128 unless told; the report counts such texts.")
            )
        }
        keys.check(
            isBag || width % heads == 0, at: "heads", "\(heads) heads do not divide the width of \(width); change one")
    }

    private static let bagOnly = "it is a key of family bag; an encoder reads single words, so leave it out"

    private static func nGrams(_ keys: inout KeyReader) -> (words: Int, characters: ClosedRange<Int>, cross: Bool) {
        let words = keys.value(
            "word-ngrams", .integer(0...8), default: 2, "Longest sequence of words that is a feature; 0 for no words.")
        let characters = keys.value(
            "character-ngrams", .span(within: 0...16), default: 3...5,
            "Shortest and longest sequence of characters that is a feature; [0, 0] for none.")
        let cross = keys.value(
            "characters-cross-words", .boolean, default: false,
            "Whether sequences of characters run over the whole text instead of inside each word.")
        keys.check(
            words > 0 || characters.upperBound > 0, at: "word-ngrams",
            "with neither words nor characters the model sees nothing; raise word-ngrams or character-ngrams")
        keys.check(
            characters.lowerBound > 0 || characters.upperBound == 0, at: "character-ngrams",
            "a sequence of 0 characters is no feature; start at 1 or more, or write [0, 0] for none")
        return (words, characters, cross)
    }
}
