/// Working memory of a featurizer: made once, reused for every text.
public struct NGramScratch: ~Copyable {
    /// Lower-cased characters: of one token between its marks, or of the whole text with a space before each token.
    let bytes: UnsafeMutablePointer<UInt8>
    /// Start of each character in `bytes`.
    let characters: UnsafeMutablePointer<UInt32>
    /// Hash of each token, for n-grams of tokens.
    let tokens: UnsafeMutablePointer<UInt32>

    /// What was taken here; nil where the caller gave the memory.
    private let ownMemory: UnsafeMutableRawPointer?

    public init(for featurizer: NGramFeaturizer) { self.init(maximumBytes: featurizer.maximumBytes, memory: nil) }

    public init(for featurizer: Featurizer) { self.init(maximumBytes: featurizer.maximumBytes, memory: nil) }

    /// - Parameter given: `neededBytes(maximumBytes:)` bytes for 32-bit numbers, which outlive the scratch; nil to take
    ///   them.
    init(maximumBytes: Int, memory given: UnsafeMutableRawPointer?) {
        ownMemory =
            given == nil ? .allocate(byteCount: Self.neededBytes(maximumBytes: maximumBytes), alignment: 16) : nil
        guard let memory = ownMemory ?? given else { preconditionFailure("one of the two is there") }
        let places = Self.places(maximumBytes: maximumBytes)
        characters = memory.bindMemory(to: UInt32.self, capacity: places)
        tokens = (memory + 4 * places).bindMemory(to: UInt32.self, capacity: maximumBytes + 8)
        bytes = (memory + 4 * (places + maximumBytes + 8)).bindMemory(to: UInt8.self, capacity: places)
    }

    static func neededBytes(maximumBytes: Int) -> Int {
        5 * places(maximumBytes: maximumBytes) + 4 * (maximumBytes + 8)
    }

    /// Characters of the longest text: a mark or a space may stand before each.
    private static func places(maximumBytes: Int) -> Int { 2 * maximumBytes + 8 }

    deinit { ownMemory?.deallocate() }
}
