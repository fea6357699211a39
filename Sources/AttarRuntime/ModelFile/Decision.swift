/// How a label follows from probabilities.
public struct Decision: Sendable, Equatable {
    /// Where the probability of the likeliest label is below this, a prediction abstains. 0…1.
    public var abstentionThreshold: Float

    public init(abstentionThreshold: Float) { self.abstentionThreshold = abstentionThreshold }

    /// Reads the decision section. Newer minor versions may add fields, and flags where a reader must know them.
    init(reading reader: ByteReader) throws(ModelFileError) {
        var reader = reader
        let flags = try reader.u32()
        guard flags == 0 else { throw .unknownDecision(flags: flags) }
        abstentionThreshold = try reader.f32()
        guard abstentionThreshold >= 0, abstentionThreshold <= 1 else { throw .thresholdOutOfRange }
    }
}
