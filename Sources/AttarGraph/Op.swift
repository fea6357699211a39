import AttarRuntime

/// What a node computes. The set is closed: shape rule, gradient rule and lowering each switch over all of it.
///
/// Shapes are [rows, columns]; t are the elements of a child axis (tokens, features), r those of its parent (examples).
package enum Op: Hashable, Sendable {
    // Leaves.
    case input(name: String)
    case parameter(name: String)

    // Forward.
    /// (table [v,d], ids [t,1], weights [t,1]) → [r,d]: the weighted sum of table rows.
    case embeddingBag
    /// (table [v,d], ids [t,1]) → [t,d]: a table row an id.
    case embedding
    /// (x [t,d], positions [l,d]) → [t,d]: row i of the positions added to the i-th row of each segment.
    case addPositions
    /// (x [r,k], weights [n,k] in panels, bias [1,n]) → [r,n]: x · weightsᵀ + bias.
    case linear
    case relu
    /// x Φ(x), Φ the distribution function of the normal distribution (Hendrycks & Gimpel 2016).
    case gelu
    case add
    case scale(by: Float)
    /// (x, keys [r,1]) → x with elements dropped at this rate, the others scaled up. Identity outside training:
    /// evaluation graphs leave it out.
    case dropout(rate: Float, salt: UInt32)
    /// (x [r,c], gain [1,c], bias [1,c]) → (x - mean) / √(variance + epsilon) · gain + bias, a row at a time
    /// (Ba et al. 2016).
    case layerNorm(epsilon: Float)
    /// (queries, keys and values side by side [t,3w]) → [t,w]: softmax(q kᵀ / √(w / heads)) v within each segment
    /// (Vaswani et al. 2017).
    case segmentAttention(heads: Int)
    /// [t,w] → [r,w]: the mean of each segment's rows; zeros for an empty segment.
    case meanPool
    /// [t,w] → [r,w]: the first of each segment's rows; zeros for an empty segment.
    case firstPool
    /// Row-wise softmax(x / temperature).
    case softmax(temperature: Float)
    /// (logits [r,c], targets [r,c], weights [r,1]) → [r,1]: weight · cross-entropy of softmax(logits / temperature)
    /// to the targets.
    case softCrossEntropy(temperature: Float)
    /// (logits [r,c], ids [r,k], targets [r,k], weights [r,1]) → [r,1]: the same where only the k largest targets are
    /// known; what they leave of 1 is the target of all other classes together.
    case sparseCrossEntropy(temperature: Float)
    /// [r,c] → [1,1].
    case sum

    // Only passes make these.
    /// (x, weights, bias, and residual [r,n] if it adds one) → activation(x · weightsᵀ + bias) + residual.
    case fusedLinear(Activation, addsResidual: Bool)

    // Only gradients use these.
    case reluGradient
    case geluGradient
    case linearInputGradient
    case linearWeightGradient
    case sumRows
    case broadcast(Shape)
    case layerNormInputGradient(epsilon: Float)
    case layerNormGainGradient(epsilon: Float)
    case segmentAttentionGradient(heads: Int)
    case meanPoolGradient(BatchAxis)
    case firstPoolGradient(BatchAxis)
    case positionGradient(positions: Int)
    case softCrossEntropyGradient(temperature: Float)
    case sparseCrossEntropyGradient(temperature: Float)
}

/// What a fused linear layer applies before it adds the residual; the numbers are the kernels'.
package enum Activation: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case none = 0
    case relu = 1
    case gelu = 2

    package var description: String {
        switch self {
        case .none: "none"
        case .relu: "relu"
        case .gelu: "gelu"
        }
    }
}
