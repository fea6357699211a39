/// How the text of a classifier becomes the inputs of its program.
public enum Featurizer: Sendable, Equatable {
    /// `ids` and `weights`: the features of a bag.
    case nGrams(NGramFeaturizer)
    /// `ids` alone: tokens in their order.
    case tokens(TokenFeaturizer)

    /// Rows of the table that the ids look up.
    public var rows: Int {
        switch self {
        case .nGrams(let featurizer): featurizer.rows
        case .tokens(let featurizer): featurizer.vocabulary
        }
    }

    /// Text beyond this many bytes is not read.
    public var maximumBytes: Int {
        switch self {
        case .nGrams(let featurizer): featurizer.maximumBytes
        case .tokens(let featurizer): featurizer.maximumBytes
        }
    }

    /// Whether each id has a weight.
    public var hasWeights: Bool {
        switch self {
        case .nGrams: true
        case .tokens: false
        }
    }

    /// Most ids that a text can have.
    public var mostIds: Int { mostIds(bytes: maximumBytes) }

    /// Most ids that a text of so many bytes can have.
    public func mostIds(bytes: Int) -> Int {
        switch self {
        case .nGrams(let featurizer): featurizer.mostFeatures(bytes: bytes)
        case .tokens(let featurizer): featurizer.mostTokens(bytes: bytes)
        }
    }

    /// Writes the ids of a text, and gives their number, that of its tokens, whose hashes are left in the scratch, and
    /// whether text was left out.
    ///
    /// - Parameters:
    ///   - ids: room for `mostIds(bytes: text.count)`.
    ///   - weights: as much room where ids have weights; else nothing is written.
    public func featurize(
        _ text: UnsafeBufferPointer<UInt8>, scratch: borrowing NGramScratch, ids: UnsafeMutablePointer<UInt32>,
        weights: UnsafeMutablePointer<Float>?
    ) -> (count: Int, tokens: Int, isTruncated: Bool) {
        switch self {
        case .nGrams(let featurizer):
            guard let weights else { preconditionFailure("n-grams have weights") }
            let (count, tokens) = featurizer.featurize(text, scratch: scratch, ids: ids, weights: weights)
            return (count, tokens, text.count > featurizer.maximumBytes)
        case .tokens(let featurizer):
            let (count, isTruncated) = featurizer.featurize(text, scratch: scratch, ids: ids)
            return (count, count, isTruncated)
        }
    }
}
