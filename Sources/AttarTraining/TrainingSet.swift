import AttarHDF5

/// What a trainer learns from: features with targets and weights, one row an example.
package struct TrainingSet: Sendable {
    package var features: PackedFeatures
    package var classes: Int
    /// Teacher probabilities softened at the objective's temperature, `[examples, classes]`; empty where there are
    /// none.
    package var softTargets: [Float]
    /// Weight of each row's soft label; 0 where it has none.
    package var softWeights: [Float]
    /// Gold labels as probabilities, `[examples, classes]`.
    package var goldTargets: [Float]
    /// Weight of each row's gold label; 0 where it has none.
    package var goldWeights: [Float]

    package init(
        features: PackedFeatures, classes: Int, softTargets: [Float] = [], softWeights: [Float] = [],
        goldTargets: [Float] = [],
        goldWeights: [Float] = []
    ) {
        self.features = features
        self.classes = classes
        self.softTargets = softTargets
        self.softWeights = softWeights
        self.goldTargets = goldTargets
        self.goldWeights = goldWeights
    }

    package var count: Int { features.count }

    /// Of all that it holds; the same on every machine.
    var checksum: UInt64 {
        let offsets = features.offsets.map { UInt64($0).littleEndian }
        let parts = [
            offsets.withUnsafeBytes { CRC64.checksum($0) }, features.ids.withUnsafeBytes { CRC64.checksum($0) },
            UInt64(classes),
        ]
        let floats = [features.weights, softTargets, softWeights, goldTargets, goldWeights]
        return (parts + floats.map { $0.withUnsafeBytes { CRC64.checksum($0) } }).withUnsafeBytes { CRC64.checksum($0) }
    }
}
