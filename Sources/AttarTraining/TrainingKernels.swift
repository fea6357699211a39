import AttarRuntime
import CAttarKernels
import CAttarTrainingKernels

/// Installs the training instructions beside the deployable ones.
package struct TrainingKernels: Sendable {
    package let kernels: Kernels
    private nonisolated(unsafe) let table: UnsafePointer<attar_training_kernel_table>

    package init(named name: String? = nil) throws(RuntimeError) {
        kernels = try Kernels(named: name) { isa in
            { opcode in Self.kernel(for: opcode, in: attar_training_kernels_select(isa)) }
        }
        guard let table = attar_training_kernels_select(kernels.name) else { throw .unknownKernels(name: kernels.name) }
        self.table = table
    }

    var functions: attar_training_kernel_table { table.pointee }

    private static func kernel(for opcode: Opcode, in table: UnsafePointer<attar_training_kernel_table>?)
        -> attar_kernel?
    {
        guard let t = table?.pointee else { return nil }
        return switch opcode {
        case .dropout: t.dropout
        case .reluGradient: t.relu_gradient
        case .geluGradient: t.gelu_gradient
        case .geluWithSlope: t.gelu_with_slope
        case .multiply: t.multiply
        case .linearInputGradient: t.linear_input_gradient
        case .linearWeightGradient: t.linear_weight_gradient
        case .layerNormInputGradient: t.layer_norm_input_gradient
        case .layerNormGainGradient: t.layer_norm_gain_gradient
        case .segmentAttentionGradient: t.segment_attention_gradient
        case .meanPoolGradient: t.mean_pool_gradient
        case .firstPoolGradient: t.first_pool_gradient
        case .positionGradient: t.position_gradient
        case .sumRows: t.sum_rows
        case .sumAll: t.sum_all
        case .broadcast: t.broadcast
        case .softCrossEntropy: t.soft_cross_entropy
        case .softCrossEntropyGradient: t.soft_cross_entropy_gradient
        case .sparseCrossEntropy: t.sparse_cross_entropy
        case .sparseCrossEntropyGradient: t.sparse_cross_entropy_gradient
        case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4, .embeddingFloat32, .embeddingInt8,
            .embeddingInt4, .addPositions, .linearFloat32, .linearInt8, .relu, .gelu, .add, .scale, .layerNorm,
            .softmax, .segmentAttention, .meanPool, .firstPool:
            nil
        }
    }
}
