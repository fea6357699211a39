/// Turns text into hashed tokens in their order: what the `encoder` student reads.
///
/// Tokens are cut and hashed as `NGramFeaturizer` does for single words: an id is the token's bucket in `0..<vocabulary`,
/// its row of the table. No id is set apart: an empty text has no token.
public struct TokenFeaturizer: Sendable, Equatable {
    /// Rows of the table.
    public var vocabulary: Int
    /// Tokens after these are left out.
    public var maximumTokens: Int
    /// Text beyond this many bytes is not read.
    public var maximumBytes: Int

    public init(vocabulary: Int, maximumTokens: Int, maximumBytes: Int = 4096) {
        self.vocabulary = vocabulary
        self.maximumTokens = maximumTokens
        self.maximumBytes = maximumBytes
    }

    /// Most tokens that a text of this many bytes can have: each takes a byte.
    public func mostTokens(bytes: Int) -> Int { min(bytes, maximumBytes, maximumTokens) }

    /// Writes the tokens of a text, and gives their number and whether something was left out. Their hashes are left in the
    /// scratch.
    ///
    /// - Parameter ids: room for `mostTokens(bytes: text.count)`.
    public func featurize(
        _ text: UnsafeBufferPointer<UInt8>, scratch: borrowing NGramScratch, ids: UnsafeMutablePointer<UInt32>
    ) -> (count: Int, isTruncated: Bool) {
        var tokens = TokenReader(UnsafeBufferPointer(rebasing: text.prefix(maximumBytes)))
        var writer = TokenWriter(scratch)
        var count = 0
        while tokens.skipSpaces() {
            guard count < maximumTokens else { return (count, true) }
            writer.restart()
            _ = tokens.read(into: &writer)
            scratch.tokens[count] = writer.hash
            ids[count] = Hash.bucket(Hash.combine(Hash.wordSeed, writer.hash), of: vocabulary)
            count += 1
        }
        return (count, text.count > maximumBytes)
    }
}
