import AttarGraph
import AttarRuntime

extension OpKind {
    /// Samples of the operations of encoders: rows are segments of tokens, some of them empty.
    func encoderSamples(_ size: SampleSize, seed: UInt64) -> [OpSample] {
        let columns = size.columns
        // One long segment or many short ones: blocks of keys, and what is left over of them.
        let longest = max(12, 70 / max(size.rows, 1))
        func builder(_ salt: UInt64 = 0) -> SampleBuilder {
            var builder = SampleBuilder(size, seed: seed, salt: salt)
            builder.divideFeatures(longest: longest)
            return builder
        }
        func named(_ setting: String = "") -> String { "\(rawValue)\(setting) \(size.rows)×\(columns)" }
        switch self {
        case .embedding:
            return [ElementType.float32, .int8Rows, .int4Rows].map { type in
                var b = builder(UInt64(type.rawValue))
                let table = b.parameter("table", rows: 19, columns: columns, type: type)
                let ids = b.numbers("ids", rows: b.features, below: 19)
                return b.finish(
                    named(" \(type)"), .embedding, [table, ids], by: type == .float32 ? ["table"] : [])
            }
        case .addPositions:
            // Also where there are fewer positions than tokens: the last one serves for the others.
            return [longest, 5].map { positions in
                var b = builder(UInt64(positions))
                let x = b.floats("x", rows: b.features, columns: columns)
                let table = b.parameter("positions", rows: positions, columns: columns)
                return b.finish(named(" \(positions)"), .addPositions, [x, table], by: ["x", "positions"])
            }
        case .positionGradient:
            return [longest, 5].map { positions in
                var b = builder(UInt64(positions))
                let dy = b.floats("dy", rows: b.features, columns: columns)
                return b.finish(named(" \(positions)"), .positionGradient(positions: positions), [dy])
            }
        case .layerNorm, .layerNormInputGradient, .layerNormGainGradient:
            return [Float(1e-5), 0.1].map { epsilon in
                var b = builder(UInt64(epsilon * 10))
                let x = b.floats("x", rows: b.features, columns: columns)
                let gain = b.parameter("gain", rows: 1, columns: columns)
                if self == .layerNorm {
                    let bias = b.parameter("bias", rows: 1, columns: columns)
                    return b.finish(
                        named(" ε \(epsilon)"), .layerNorm(epsilon: epsilon), [x, gain, bias],
                        by: ["x", "gain", "bias"])
                }
                let dy = b.floats("dy", rows: b.features, columns: columns)
                return self == .layerNormInputGradient
                    ? b.finish(named(" ε \(epsilon)"), .layerNormInputGradient(epsilon: epsilon), [x, gain, dy])
                    : b.finish(named(" ε \(epsilon)"), .layerNormGainGradient(epsilon: epsilon), [x, dy])
            }
        case .segmentAttention, .segmentAttentionGradient:
            return [1, 3].map { heads in
                var b = builder(UInt64(heads))
                let width = heads * max(columns / heads, 1)
                let x = b.floats("x", rows: b.features, columns: 3 * width)
                let name = named(", \(heads) heads of \(width / heads)")
                if self == .segmentAttention {
                    return b.finish(name, .segmentAttention(heads: heads), [x], by: ["x"])
                }
                let dy = b.floats("dy", rows: b.features, columns: width)
                return b.finish(name, .segmentAttentionGradient(heads: heads), [x, dy])
            }
        case .meanPool, .firstPool:
            var b = builder()
            let x = b.floats("x", rows: b.features, columns: columns)
            return [b.finish(named(), self == .meanPool ? .meanPool : .firstPool, [x], by: ["x"])]
        case .meanPoolGradient, .firstPoolGradient:
            var b = builder()
            let dy = b.floats("dy", rows: b.examples, columns: columns)
            let axis = BatchAxis("features", of: "examples")
            return [
                b.finish(named(), self == .meanPoolGradient ? .meanPoolGradient(axis) : .firstPoolGradient(axis), [dy])
            ]
        default:
            preconditionFailure("\(self) is no operation of encoders")
        }
    }
}
