import CAttarKernels

/// The kernels that an executor calls: the deployable ones of one instruction set, and what the training side installs.
public struct Kernels: @unchecked Sendable {
    // The table is constant memory of the program, so sharing it is safe.
    private let table: UnsafePointer<attar_kernel_table>
    private let training: (@Sendable (Opcode) -> attar_kernel?)?

    /// The kernels of that name, or the fastest that this processor runs; `ATTAR_KERNELS` in the environment decides
    /// where no name is given.
    public init(named name: String? = nil) throws(RuntimeError) {
        try self.init(named: name, training: nil)
    }

    package init(named name: String? = nil, training: (@Sendable (String) -> @Sendable (Opcode) -> attar_kernel?)?)
        throws(RuntimeError)
    {
        if let name {
            guard let table = attar_kernels_select(name) else { throw .unknownKernels(name: name) }
            self.table = table
        } else {
            table = try Self.table(named: nil)
        }
        self.training = training?(String(cString: table.pointee.name))
    }

    /// The same for a name that ends with zero.
    package init(cString name: UnsafePointer<CChar>?) throws(RuntimeError) {
        table = try Self.table(named: name)
        training = nil
    }

    private static func table(
        named name: UnsafePointer<CChar>?
    ) throws(RuntimeError) -> UnsafePointer<attar_kernel_table> {
        let wanted = name ?? attar_environment("ATTAR_KERNELS")
        guard let table = attar_kernels_select(wanted) else {
            throw .unknownKernels(name: wanted.map { String(validated: $0) } ?? "")
        }
        return table
    }

    /// "portable", "avx2", "avx512", "avx512vnni", "neon" or "neondot".
    public var name: String { String(cString: table.pointee.name) }

    /// Kernels that this processor runs, fastest first.
    public static var availableNames: [String] {
        var names: [String] = []
        while let name = attar_kernels_name(Int32(names.count)) { names.append(String(cString: name)) }
        return names
    }

    package func kernel(for opcode: Opcode) throws(RuntimeError) -> attar_kernel {
        let t = table.pointee
        let kernel: attar_kernel? =
            switch opcode {
            case .embeddingBagFloat32: t.embedding_bag_f32
            case .embeddingBagInt8: t.embedding_bag_i8
            case .embeddingBagInt4: t.embedding_bag_i4
            case .embeddingFloat32: t.embedding_f32
            case .embeddingInt8: t.embedding_i8
            case .embeddingInt4: t.embedding_i4
            case .addPositions: t.add_positions
            case .linearFloat32: t.linear_f32
            case .linearInt8: t.linear_i8
            case .relu: t.relu
            case .gelu: t.gelu
            case .add: t.add
            case .scale: t.scale
            case .layerNorm: t.layer_norm
            case .softmax: t.softmax
            case .segmentAttention: t.segment_attention
            case .meanPool: t.mean_pool
            case .firstPool: t.first_pool
            case .dropout, .reluGradient, .geluGradient, .geluWithSlope, .multiply, .linearInputGradient,
                .linearWeightGradient, .layerNormInputGradient, .layerNormGainGradient, .segmentAttentionGradient,
                .meanPoolGradient, .firstPoolGradient, .positionGradient, .sumRows, .sumAll, .broadcast,
                .softCrossEntropy, .softCrossEntropyGradient, .sparseCrossEntropy, .sparseCrossEntropyGradient:
                training?(opcode)
            }
        guard let kernel else { throw .kernelMissing(opcode) }
        return kernel
    }
}
