import AttarGraph
import AttarRuntime
import AttarTestSupport
import CAttarTrainingKernels
import Testing

@Suite("Kernels of every instruction set")
struct InstructionSetTests {
    /// Bits of the reference instruction set: written for no processor in particular.
    static let plain = "portable"

    @Test("give the same bits, within rounding of the reference, and touch nothing else", arguments: OpKind.allCases)
    func agreeWithEachOtherAndTheReference(kind: OpKind) throws {
        for size in SampleSize.all {
            for sample in kind.samples(size, seed: 1) {
                let program = try sample.graph.lowered()
                let expected = ReferenceInterpreter(sample.graph, batch: sample.batch)
                    .output("result", of: sample.references)
                let bits = try GuardedRun.run(
                    program, leaves: sample.leaves, batch: sample.batch, kernels: .everything(Self.plain))
                let output = program.buffers[program.outputs[0]]
                let rows = try #require(expected?.rows)
                let values = output.type.rowMajor(bits[0].floats, rows: rows, columns: output.columns)
                let disagreement = expected?.disagreement(with: values)
                #expect(disagreement == nil, "\(sample)")
                for name in Kernels.availableNames where name != Self.plain {
                    let others = try GuardedRun.run(
                        program, leaves: sample.leaves, batch: sample.batch, kernels: .everything(name))
                    #expect(others == bits, "\(sample): \(name) differs")
                }
            }
        }
    }

    @Test("are all exercised by the samples")
    func samplesReachEveryOpcode() throws {
        var seen: Set<Opcode> = []
        for kind in OpKind.allCases {
            for sample in kind.samples(SampleSize(rows: 3, columns: 17), seed: 1) {
                #expect(sample.graph.nodes.contains { OpKind($0.op) == kind }, "\(sample) lacks its operation")
                seen.formUnion(try sample.graph.lowered().instructions.map(\.opcode))
            }
        }
        #expect(seen == Set(Opcode.allCases))
    }
}

extension Kernels {
    /// Deployable and training kernels of one instruction set.
    static func everything(_ name: String) throws -> Kernels {
        try Kernels(named: name) { name in
            { opcode in
                let table = attar_training_kernels_select(name)?.pointee
                return switch opcode {
                case .dropout: table?.dropout
                case .reluGradient: table?.relu_gradient
                case .geluGradient: table?.gelu_gradient
                case .geluWithSlope: table?.gelu_with_slope
                case .multiply: table?.multiply
                case .linearInputGradient: table?.linear_input_gradient
                case .linearWeightGradient: table?.linear_weight_gradient
                case .layerNormInputGradient: table?.layer_norm_input_gradient
                case .layerNormGainGradient: table?.layer_norm_gain_gradient
                case .segmentAttentionGradient: table?.segment_attention_gradient
                case .meanPoolGradient: table?.mean_pool_gradient
                case .firstPoolGradient: table?.first_pool_gradient
                case .positionGradient: table?.position_gradient
                case .sumRows: table?.sum_rows
                case .sumAll: table?.sum_all
                case .broadcast: table?.broadcast
                case .softCrossEntropy: table?.soft_cross_entropy
                case .softCrossEntropyGradient: table?.soft_cross_entropy_gradient
                case .sparseCrossEntropy: table?.sparse_cross_entropy
                case .sparseCrossEntropyGradient: table?.sparse_cross_entropy_gradient
                case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4, .embeddingFloat32, .embeddingInt8,
                    .embeddingInt4, .addPositions, .linearFloat32, .linearInt8, .relu, .gelu, .add, .scale, .layerNorm,
                    .softmax, .segmentAttention, .meanPool, .firstPool:
                    nil
                }
            }
        }
    }
}
