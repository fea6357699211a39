/// How a label follows from probabilities.
public struct Decision: Sendable, Equatable {
    /// Where the probability of the likeliest label is below this, a prediction abstains. 0…1.
    public var abstentionThreshold: Float
    /// When the model answers by itself; nil where it says nothing about that, and defers no text.
    public var cascade: Cascade?

    public init(abstentionThreshold: Float, cascade: Cascade? = nil) {
        self.abstentionThreshold = abstentionThreshold
        self.cascade = cascade
    }

    /// Set where a cascade follows.
    package static let cascadeFlag: UInt32 = 1

    /// Reads the decision section. Newer minor versions may add fields, and flags where a reader must know them.
    init(reading reader: ByteReader, labels: Int) throws(ModelFileError) {
        var reader = reader
        let flags = try reader.u32()
        guard flags & ~Self.cascadeFlag == 0 else { throw .unknownDecision(flags: flags) }
        abstentionThreshold = try reader.f32()
        guard abstentionThreshold >= 0, abstentionThreshold <= 1 else { throw .thresholdOutOfRange }
        cascade = flags & Self.cascadeFlag == 0 ? nil : try Cascade(reading: &reader, labels: labels)
    }
}

extension Cascade {
    /// What follows the abstention threshold.
    fileprivate init(reading reader: inout ByteReader, labels: Int) throws(ModelFileError) {
        let kind = try reader.u32()
        guard let score = Score(rawValue: kind) else { throw .unknownScore(kind: kind) }
        let reference = try reader.u32()
        guard let standard = Standard(rawValue: reference) else { throw .unknownStandard(kind: reference) }
        let target = try Self.share(of: .target, &reader)
        let confidence = try Self.share(of: .confidence, &reader)
        let rows = try reader.count(.fittedRows, limit: 1 << 30)
        let coverage = try Self.share(of: .coverage, &reader)
        let count = try reader.count(.cascadeThresholds, limit: labels)
        guard count == 1 || count == labels else { throw .thresholdCount(expected: labels, found: count) }
        var thresholds: [Float] = []
        for index in 0..<count {
            let threshold = try reader.f32()
            guard threshold >= 0, threshold <= Self.never else { throw .cascadeThresholdOutOfRange(index: index) }
            thresholds.append(threshold)
        }
        let least = try Self.share(of: .familiarity, &reader)
        let buckets = try reader.count(.familiarBuckets, limit: FamiliarTokens.mostBuckets)
        self.init(
            score: score, standard: standard, target: target, confidence: confidence, rows: rows, coverage: coverage,
            thresholds: thresholds, leastFamiliarity: least,
            familiar: buckets == 0 ? nil : FamiliarTokens(words: try reader.words(ofBuckets: buckets)))
    }

    private static func share(
        of quantity: ModelFileError.Share, _ reader: inout ByteReader
    ) throws(ModelFileError) -> Float {
        let share = try reader.f32()
        guard share >= 0, share <= 1 else { throw .shareOutOfRange(quantity) }
        return share
    }
}
