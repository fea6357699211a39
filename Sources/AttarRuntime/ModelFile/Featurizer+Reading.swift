extension Featurizer {
    /// Reads the featurizer section.
    init(reading reader: ByteReader) throws(ModelFileError) {
        var reader = reader
        let kind = Int(clamping: try reader.u32())
        switch kind {
        case 1, 2: self = .nGrams(try NGramFeaturizer(reading: &reader, areKnown: kind == 2))
        case 3: self = .tokens(try TokenFeaturizer(reading: &reader))
        default: throw .unknownFeaturizer(kind: kind)
        }
        try reader.end()
    }

    /// Most bytes of text that a file may ask for.
    fileprivate static let mostBytes = 1 << 20
}

extension ByteReader {
    /// A number of at most `limit` that is not 0.
    fileprivate mutating func setting(
        _ quantity: ModelFileError.Quantity, limit: Int
    ) throws(ModelFileError) -> Int {
        let value = try count(quantity, limit: limit)
        guard value > 0 else { throw .settingIsZero(quantity) }
        return value
    }
}

extension TokenFeaturizer {
    /// What follows the kind.
    fileprivate init(reading reader: inout ByteReader) throws(ModelFileError) {
        self.init(
            vocabulary: try reader.setting(.vocabulary, limit: 1 << 30),
            maximumTokens: try reader.setting(.tokens, limit: 1 << 20),
            maximumBytes: try reader.setting(.textBytes, limit: Featurizer.mostBytes))
    }
}

extension NGramFeaturizer {
    /// What follows the kind.
    fileprivate init(reading reader: inout ByteReader, areKnown: Bool) throws(ModelFileError) {
        let buckets = try reader.setting(.buckets, limit: areKnown ? KnownBuckets.mostBuckets : 1 << 30)
        let wordLength = try reader.count(.wordTokens, limit: 8)
        let shortest = try reader.count(.shortestCharacters, limit: 16)
        let longest = try reader.count(.longestCharacters, limit: 16)
        let crossing = try reader.count(.crossingFlag, limit: 1)
        let (wordScale, characterScale) = (try reader.f32(), try reader.f32())
        let maximumBytes = try reader.setting(.textBytes, limit: Featurizer.mostBytes)
        guard wordLength > 0 || longest > 0 else { throw .noFeatures }
        guard shortest <= longest, (shortest == 0) == (longest == 0) else {
            throw .reversedLengths(shortest: shortest, longest: longest)
        }
        guard wordScale.isFinite, characterScale.isFinite else { throw .scaleNotFinite }
        self.init(
            buckets: buckets, wordLength: wordLength, shortestCharacters: shortest, longestCharacters: longest,
            charactersCrossWords: crossing == 1, wordScale: wordScale, characterScale: characterScale,
            maximumBytes: maximumBytes)
        if areKnown { self = keeping(KnownBuckets(words: try reader.words(ofBuckets: buckets))) }
    }
}
