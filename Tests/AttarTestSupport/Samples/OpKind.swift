import AttarGraph

/// The operations without their settings. A new operation does not compile until it is listed here, and then not until it
/// has samples.
package enum OpKind: String, CaseIterable, Sendable {
    case input, parameter
    case embeddingBag, embedding, addPositions, linear, relu, gelu, add, scale, dropout, layerNorm, segmentAttention
    case meanPool, firstPool, softmax, softCrossEntropy, sparseCrossEntropy, sum
    case fusedLinear
    case reluGradient, geluGradient, linearInputGradient, linearWeightGradient, sumRows, broadcast
    case layerNormInputGradient, layerNormGainGradient, segmentAttentionGradient
    case meanPoolGradient, firstPoolGradient, positionGradient, softCrossEntropyGradient, sparseCrossEntropyGradient

    package init(_ op: Op) {
        switch op {
        case .input: self = .input
        case .parameter: self = .parameter
        case .embeddingBag: self = .embeddingBag
        case .embedding: self = .embedding
        case .addPositions: self = .addPositions
        case .linear: self = .linear
        case .relu: self = .relu
        case .gelu: self = .gelu
        case .add: self = .add
        case .scale: self = .scale
        case .dropout: self = .dropout
        case .layerNorm: self = .layerNorm
        case .segmentAttention: self = .segmentAttention
        case .meanPool: self = .meanPool
        case .firstPool: self = .firstPool
        case .softmax: self = .softmax
        case .softCrossEntropy: self = .softCrossEntropy
        case .sparseCrossEntropy: self = .sparseCrossEntropy
        case .sum: self = .sum
        case .fusedLinear: self = .fusedLinear
        case .reluGradient: self = .reluGradient
        case .geluGradient: self = .geluGradient
        case .linearInputGradient: self = .linearInputGradient
        case .linearWeightGradient: self = .linearWeightGradient
        case .sumRows: self = .sumRows
        case .broadcast: self = .broadcast
        case .layerNormInputGradient: self = .layerNormInputGradient
        case .layerNormGainGradient: self = .layerNormGainGradient
        case .segmentAttentionGradient: self = .segmentAttentionGradient
        case .meanPoolGradient: self = .meanPoolGradient
        case .firstPoolGradient: self = .firstPoolGradient
        case .positionGradient: self = .positionGradient
        case .softCrossEntropyGradient: self = .softCrossEntropyGradient
        case .sparseCrossEntropyGradient: self = .sparseCrossEntropyGradient
        }
    }
}
