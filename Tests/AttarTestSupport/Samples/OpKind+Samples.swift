import AttarGraph
import AttarRuntime

extension OpKind {
    /// Samples of the operation at a size; all its types and settings.
    package func samples(_ size: SampleSize, seed: UInt64) -> [OpSample] {
        let (rows, columns) = (size.rows, size.columns)
        func builder(_ salt: UInt64 = 0) -> SampleBuilder {
            SampleBuilder(size, seed: seed, salt: salt)
        }
        func named(_ setting: String = "") -> String { "\(rawValue)\(setting) \(rows)×\(columns)" }
        switch self {
        case .input:
            var b = builder()
            let x = b.floats("x", rows: b.examples, columns: columns)
            return [b.finish(named(), .scale(by: 1), [x], by: ["x"])]
        case .parameter:
            var b = builder()
            let x = b.parameter("x", rows: max(rows, 1), columns: columns)
            return [b.finish(named(), .scale(by: 1), [x], by: ["x"])]
        case .embeddingBag:
            return [ElementType.float32, .int8Rows, .int4Rows].map { type in
                var b = builder(UInt64(type.rawValue))
                b.divideFeatures(longest: 12)
                let table = b.parameter("table", rows: 19, columns: columns, type: type)
                let ids = b.numbers("ids", rows: b.features, below: 19)
                let weights = b.floats("weights", rows: b.features, columns: 1, within: 1)
                return b.finish(
                    named(" \(type)"), .embeddingBag, [table, ids, weights],
                    by: type == .float32 ? ["table"] : [])
            }
        case .linear:
            return [ElementType.float32Panels, .int8Panels].flatMap { type in
                // Outputs on both sides of whole panels, for few and many rows.
                [1, 16, 77].map { outputs in
                    var b = builder(UInt64(type.rawValue) * 1000 + UInt64(outputs))
                    let x = b.floats("x", rows: b.examples, columns: columns)
                    let weights = b.parameter("w", rows: outputs, columns: columns, type: type)
                    let bias = b.parameter("b", rows: 1, columns: outputs)
                    return b.finish(
                        named("→\(outputs) \(type)"), .linear, [x, weights, bias],
                        by: type == .float32Panels ? ["x", "w", "b"] : [])
                }
            }
        case .fusedLinear:
            return Activation.allCases.flatMap { activation in
                [ElementType.float32Panels, .int8Panels].flatMap { type in
                    [(1, false), (16, true), (77, false), (77, true)].map { outputs, addsResidual in
                        var b = builder(UInt64(type.rawValue) * 1000 + UInt64(outputs * 4 + activation.rawValue))
                        let x = b.floats("x", rows: b.examples, columns: columns)
                        let weights = b.parameter("w", rows: outputs, columns: columns, type: type)
                        let bias = b.parameter("b", rows: 1, columns: outputs)
                        let residual = addsResidual ? [b.floats("y", rows: b.examples, columns: outputs)] : []
                        return b.finish(
                            named("→\(outputs) \(type) \(activation)\(addsResidual ? " + residual" : "")"),
                            .fusedLinear(activation, addsResidual: addsResidual), [x, weights, bias] + residual)
                    }
                }
            }
        case .relu, .gelu:
            var b = builder()
            let x = b.floats("x", rows: b.examples, columns: columns, within: self == .gelu ? 6 : 2)
            return [b.finish(named(), self == .gelu ? .gelu : .relu, [x], by: ["x"])]
        case .add:
            var b = builder()
            let x = b.floats("x", rows: b.examples, columns: columns)
            let y = b.floats("y", rows: b.examples, columns: columns)
            return [b.finish(named(), .add, [x, y], by: ["x", "y"])]
        case .scale:
            return [Float(-0.3), 0, 7].map { factor in
                var b = builder(UInt64(factor.magnitude * 10))
                let x = b.floats("x", rows: b.examples, columns: columns)
                return b.finish(named(" \(factor)"), .scale(by: factor), [x], by: ["x"])
            }
        case .dropout:
            return [Float(0), 0.25, 0.9].flatMap { rate in
                var wide = builder(UInt64(rate * 100))
                let x = wide.floats("x", rows: wide.examples, columns: columns)
                let keys = wide.keys("keys")
                var child = builder(UInt64(rate * 100) + 1)
                child.divideFeatures(longest: columns)
                let weights = child.floats("x", rows: child.features, columns: 1)
                let childKeys = child.keys("keys")
                var tokens = builder(UInt64(rate * 100) + 2)
                tokens.divideFeatures(longest: 12)
                let states = tokens.floats("x", rows: tokens.features, columns: columns)
                let tokenKeys = tokens.keys("keys")
                return [
                    wide.finish(
                        named(" \(rate)"), .dropout(rate: rate, salt: 5), [x, keys], by: ["x"]),
                    child.finish(
                        named(" \(rate) of features"),
                        .dropout(rate: rate, salt: 6), [weights, childKeys], by: ["x"]),
                    tokens.finish(
                        named(" \(rate) of tokens"), .dropout(rate: rate, salt: 7), [states, tokenKeys], by: ["x"]),
                ]
            }
        case .softmax:
            return [Float(0.5), 1, 4].map { temperature in
                var b = builder(UInt64(temperature * 2))
                let x = b.floats("x", rows: b.examples, columns: columns, within: 20)
                return b.finish(named(" T \(temperature)"), .softmax(temperature: temperature), [x])
            }
        case .softCrossEntropy:
            return [Float(1), 3].map { temperature in
                var b = builder(UInt64(temperature))
                let logits = b.floats("logits", rows: b.examples, columns: columns, within: 8)
                let targets = b.targets("targets", rows: b.examples, columns: columns)
                let weights = b.floats("weights", rows: b.examples, columns: 1)
                return b.finish(
                    named(" T \(temperature)"),
                    .softCrossEntropy(temperature: temperature), [logits, targets, weights], by: ["logits"])
            }
        case .sparseCrossEntropy, .sparseCrossEntropyGradient:
            return [(Float(1), 1), (3, 4)].map { temperature, count in
                var b = builder(UInt64(temperature))
                let logits = b.floats("logits", rows: b.examples, columns: columns, within: 8)
                let (ids, targets) = b.sparseTargets(count, classes: columns)
                let operands = [logits, ids, targets, b.floats("weights", rows: b.examples, columns: 1)]
                let name = named(" T \(temperature) of \(count)")
                if self == .sparseCrossEntropy {
                    return b.finish(name, .sparseCrossEntropy(temperature: temperature), operands, by: ["logits"])
                }
                let dy = b.floats("dy", rows: b.examples, columns: 1)
                return b.finish(name, .sparseCrossEntropyGradient(temperature: temperature), operands + [dy])
            }
        case .sum:
            var b = builder()
            let x = b.floats("x", rows: b.examples, columns: columns)
            return [b.finish(named(), .sum, [x], by: ["x"])]
        case .reluGradient, .geluGradient:
            var b = builder()
            let x = b.floats("x", rows: b.examples, columns: columns, within: self == .geluGradient ? 6 : 2)
            let dy = b.floats("dy", rows: b.examples, columns: columns)
            guard self == .geluGradient else { return [b.finish(named(), .reluGradient, [x, dy])] }
            // Beside the function itself, which then leaves the slope.
            var beside = b
            let y = beside.graph.apply(.gelu, x)
            return [
                b.finish(named(" alone"), .geluGradient, [x, dy]),
                beside.finish(named(" beside the function"), .geluGradient, [x, y]),
            ]
        case .linearInputGradient:
            return [1, 16, 77].map { outputs in
                var b = builder(UInt64(outputs))
                let dy = b.floats("dy", rows: b.examples, columns: outputs)
                let weights = b.parameter("w", rows: outputs, columns: columns, type: .float32Panels)
                return b.finish(named("←\(outputs)"), .linearInputGradient, [dy, weights])
            }
        case .linearWeightGradient:
            return [1, 16, 77].map { outputs in
                var b = builder(UInt64(outputs))
                let x = b.floats("x", rows: b.examples, columns: columns)
                let dy = b.floats("dy", rows: b.examples, columns: outputs)
                return b.finish(named("←\(outputs)"), .linearWeightGradient, [x, dy])
            }
        case .sumRows:
            var b = builder()
            let x = b.floats("x", rows: b.examples, columns: columns)
            return [b.finish(named(), .sumRows, [x])]
        case .broadcast:
            var b = builder()
            let x = b.floats("x", rows: .fixed(1), columns: 1)
            return [b.finish(named(), .broadcast(Shape(b.examples, columns)), [x])]
        case .embedding, .addPositions, .layerNorm, .segmentAttention, .meanPool, .firstPool, .layerNormInputGradient,
            .layerNormGainGradient, .segmentAttentionGradient, .meanPoolGradient, .firstPoolGradient,
            .positionGradient:
            return encoderSamples(size, seed: seed)
        case .softCrossEntropyGradient:
            return [Float(1), 3].map { temperature in
                var b = builder(UInt64(temperature))
                let logits = b.floats("logits", rows: b.examples, columns: columns, within: 8)
                let targets = b.targets("targets", rows: b.examples, columns: columns)
                let weights = b.floats("weights", rows: b.examples, columns: 1)
                let dy = b.floats("dy", rows: b.examples, columns: 1)
                return b.finish(
                    named(" T \(temperature)"),
                    .softCrossEntropyGradient(temperature: temperature), [logits, targets, weights, dy])
            }
        }
    }
}
