/// Turns text into hashed word and character n-grams: the features of the `bag` student.
///
/// Text is lower-cased and cut into tokens: runs of letters and digits, and every other visible character by itself.
/// Features are word n-grams of 1...`wordLength` tokens, and character n-grams of `shortestCharacters` to
/// `longestCharacters`, either inside each letter token with its ends marked (Bojanowski et al. 2017, section 3.2) or over
/// the whole text. Each is hashed to a bucket in `0..<buckets`, which is its row of the table; or, where only known
/// buckets have rows, it is left out unless it is known. A feature of kind k weighs
/// `scale(k) / sqrt(number of features of kind k)`.
public struct NGramFeaturizer: Sendable, Equatable {
    public var buckets: Int
    /// Nil where every bucket has a row; else it is as large as `buckets`.
    public private(set) var known: KnownBuckets?
    /// Longest word n-gram; 0 for none.
    public var wordLength: Int
    /// Shortest and longest character n-gram; 0 and 0 for none.
    public var shortestCharacters: Int
    public var longestCharacters: Int
    /// Whether character n-grams run over the whole text, with one space between tokens, instead of inside each word.
    public var charactersCrossWords: Bool
    public var wordScale: Float
    public var characterScale: Float
    /// Text beyond this many bytes is not read.
    public var maximumBytes: Int

    public init(
        buckets: Int, wordLength: Int = 2, shortestCharacters: Int = 3, longestCharacters: Int = 5,
        charactersCrossWords: Bool = false, wordScale: Float = 1,
        characterScale: Float = 1, maximumBytes: Int = 4096
    ) {
        self.buckets = buckets
        self.wordLength = wordLength
        self.shortestCharacters = shortestCharacters
        self.longestCharacters = longestCharacters
        self.charactersCrossWords = charactersCrossWords
        self.wordScale = wordScale
        self.characterScale = characterScale
        self.maximumBytes = maximumBytes
    }

    /// The same n-grams, of which only the known ones are features.
    public func keeping(_ known: KnownBuckets) -> NGramFeaturizer {
        var copy = self
        copy.buckets = known.buckets
        copy.known = known
        return copy
    }

    /// Rows of the table that the features look up.
    public var rows: Int { known?.rows ?? buckets }

    /// Most features that a text of this many bytes can have: one-letter words are the worst case.
    public func mostFeatures(bytes: Int) -> Int {
        let lengths = longestCharacters > 0 ? longestCharacters - shortestCharacters + 1 : 0
        let aByte = charactersCrossWords ? 2 * lengths : lengths > 0 ? lengths + 2 : 0
        return min(bytes, maximumBytes) * (wordLength + aByte) + lengths
    }
}

extension NGramFeaturizer {
    /// Writes the features of a text and gives their number, and that of its tokens, whose hashes are left in the scratch; an
    /// empty text has none.
    ///
    /// - Parameters:
    ///   - ids, weights: room for `mostFeatures(bytes: text.count)`.
    public func featurize(
        _ text: UnsafeBufferPointer<UInt8>, scratch: borrowing NGramScratch, ids: UnsafeMutablePointer<UInt32>,
        weights: UnsafeMutablePointer<Float>
    ) -> (count: Int, tokens: Int) {
        var tokens = TokenReader(UnsafeBufferPointer(rebasing: text.prefix(maximumBytes)))
        var count = 0
        var tokenCount = 0
        var writer = TokenWriter(scratch)
        // Character n-grams go to the front of `ids` while tokens are read; word n-grams follow.
        while tokens.skipSpaces() {
            if charactersCrossWords { writer.mark(0x20) } else { writer.restart(mark: 0x3C) }
            let isWord = tokens.read(into: &writer)
            if isWord, !charactersCrossWords {
                writer.mark(0x3E)
                addCharacters(writer, scratch, ids, &count)
            }
            scratch.tokens[tokenCount] = writer.hash
            tokenCount += 1
        }
        if charactersCrossWords, tokenCount > 0 {
            writer.mark(0x20)
            addCharacters(writer, scratch, ids, &count)
        }
        let characterCount = count
        addWords(tokenCount, scratch, ids, &count)
        fill(weights, from: 0, to: characterCount, scale: characterScale)
        fill(weights, from: characterCount, to: count, scale: wordScale)
        return (count, tokenCount)
    }

    @inline(__always)
    private func fill(_ weights: UnsafeMutablePointer<Float>, from: Int, to: Int, scale: Float) {
        guard to > from else { return }
        let weight = scale / Float(to - from).squareRoot()
        for index in from..<to { weights[index] = weight }
    }

    @inline(__always)
    private func add(_ hash: UInt32, to ids: UnsafeMutablePointer<UInt32>, _ count: inout Int) {
        var id = Hash.bucket(hash, of: buckets)
        if let known {
            guard let row = known.row(of: id) else { return }
            id = row
        }
        ids[count] = id
        count += 1
    }

    @inline(__always)
    private func addCharacters(
        _ text: TokenWriter, _ scratch: borrowing NGramScratch, _ ids: UnsafeMutablePointer<UInt32>,
        _ count: inout Int
    ) {
        let characters = text.characterCount
        guard longestCharacters > 0, characters >= shortestCharacters else { return }
        for start in 0...(characters - shortestCharacters) {
            var hash: UInt32 = Hash.characterSeed
            var position = Int(scratch.characters[start])
            for length in 1...longestCharacters where start + length <= characters {
                let end = start + length < characters ? Int(scratch.characters[start + length]) : text.byteCount
                while position < end {
                    hash = Hash.step(hash, scratch.bytes[position])
                    position += 1
                }
                if length >= shortestCharacters {
                    add(hash, to: ids, &count)
                }
            }
        }
    }

    @inline(__always)
    private func addWords(
        _ tokenCount: Int, _ scratch: borrowing NGramScratch, _ ids: UnsafeMutablePointer<UInt32>, _ count: inout Int
    ) {
        for start in 0..<tokenCount {
            var hash: UInt32 = Hash.wordSeed
            for length in 0..<wordLength where start + length < tokenCount {
                hash = Hash.combine(hash, scratch.tokens[start + length])
                add(hash, to: ids, &count)
            }
        }
    }
}
