/// The small model.
package struct StudentSection: RecipeSection {
    package enum Family: String, CaseIterable, Sendable {
        /// Hashed word and character n-grams, an embedding bag, an optional hidden layer.
        case bag
    }

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

    package init(_ keys: inout KeyReader) {
        family = keys.value(
            "family", .choice(), default: .bag, "bag: an embedding bag over hashed words and characters.")
        vocabulary = keys.value(
            "vocabulary", .choice(), default: .known,
            "known: only n-grams of the training texts have rows, the most frequent ones first; hashed: all n-grams share them, which suits small tables for many labels."
        )
        buckets = keys.value(
            "buckets", .integer(64...16_777_216), default: 262_144,
            "Rows of the embedding table; at most, where the vocabulary is known.")
        width = keys.value("width", .integer(4...4096), default: 16, "Numbers in each row of the table.")
        hidden = keys.value("hidden", .integer(0...4096), default: 0, "Width of the hidden layer; 0 for none.")
        wordNgrams = keys.value(
            "word-ngrams", .integer(0...8), default: 2, "Longest sequence of words that is a feature; 0 for no words.")
        characterNgrams = keys.value(
            "character-ngrams", .span(within: 0...16), default: 3...5,
            "Shortest and longest sequence of characters that is a feature; [0, 0] for none.")
        charactersCrossWords = keys.value(
            "characters-cross-words", .boolean, default: false,
            "Whether sequences of characters run over the whole text instead of inside each word.")
        wordScale = keys.value(
            "word-scale", .number(0...100), default: 1,
            "Weight of all word features of a text together, before training.")
        characterScale = keys.value(
            "character-scale", .number(0...100), default: 0.5, "Weight of all character features together.")
        maximumBytes = keys.value(
            "maximum-bytes", .integer(16...1_048_576), default: 4096,
            "Text beyond this many bytes is not read; the report counts such texts.")
        keys.check(
            wordNgrams > 0 || characterNgrams.upperBound > 0, at: "word-ngrams",
            "with neither words nor characters the model sees nothing; raise word-ngrams or character-ngrams")
        keys.check(
            characterNgrams.lowerBound > 0 || characterNgrams.upperBound == 0, at: "character-ngrams",
            "a sequence of 0 characters is no feature; start at 1 or more, or write [0, 0] for none")
    }
}
