import AttarGraph

/// The operations without their settings. A new operation does not compile until it is listed here, and then not until it
/// has samples.
package enum OpKind: String, CaseIterable, Sendable {
    case input, parameter
    case embeddingBag, linear, relu, add, scale, dropout, softmax, softCrossEntropy, sum
    case reluGradient, linearInputGradient, linearWeightGradient, sumRows, broadcast, softCrossEntropyGradient

    package init(_ op: Op) {
        switch op {
        case .input: self = .input
        case .parameter: self = .parameter
        case .embeddingBag: self = .embeddingBag
        case .linear: self = .linear
        case .relu: self = .relu
        case .add: self = .add
        case .scale: self = .scale
        case .dropout: self = .dropout
        case .softmax: self = .softmax
        case .softCrossEntropy: self = .softCrossEntropy
        case .sum: self = .sum
        case .reluGradient: self = .reluGradient
        case .linearInputGradient: self = .linearInputGradient
        case .linearWeightGradient: self = .linearWeightGradient
        case .sumRows: self = .sumRows
        case .broadcast: self = .broadcast
        case .softCrossEntropyGradient: self = .softCrossEntropyGradient
        }
    }
}
