/// Words of texts as numbers, and their runs: what the figures of diversity count.
struct WordSequences: Sendable {
    /// The words of each text.
    let texts: [[Int32]]

    /// - Parameter texts: their normalised words are counted, so that case and punctuation do not make a text diverse.
    init(_ texts: [String]) {
        var numbers: [Substring: Int32] = [:]
        self.texts = concurrentMap(texts, normalizedText).map { text in
            text.split(separator: " ").map { word in
                let number = numbers[word] ?? Int32(numbers.count)
                numbers[word] = number
                return number
            }
        }
    }

    /// Hashes of the runs of `length` words of one text, as often as they occur.
    static func runs(of words: [Int32], length: Int) -> [UInt64] {
        guard words.count >= length else { return [] }
        return (0...words.count - length).map { first in
            var hash = StableHash(seed: UInt64(length))
            for word in words[first..<first + length] { hash.combine(UInt64(UInt32(bitPattern: word))) }
            return hash.value
        }
    }
}
