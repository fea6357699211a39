/// Checks that one deployable instruction hands its kernel the operands that it expects, as `Format.md` lists them.
struct OperandVerifier {
    let program: Program
    let instruction: Program.Instruction
    /// Its place in the program, for messages.
    let index: Int

    func verify() throws(ModelFileError) {
        let b = try operands()
        let fits: Bool
        switch instruction.opcode {
        case .embeddingBagFloat32: fits = bag(b, .float32)
        case .embeddingBagInt8: fits = bag(b, .int8Rows)
        case .embeddingBagInt4: fits = bag(b, .int4Rows)
        case .embeddingFloat32: fits = embedding(b, .float32)
        case .embeddingInt8: fits = embedding(b, .int8Rows)
        case .embeddingInt4: fits = embedding(b, .int4Rows)
        case .addPositions: fits = positions(b)
        case .linearFloat32: fits = linear(b, .float32Panels)
        case .linearInt8: fits = integerLinear(b)
        case .relu, .gelu, .scale: fits = same(b[0], b[1])
        case .add: fits = same(b[0], b[1]) && same(b[0], b[2])
        case .layerNorm: fits = layerNorm(b)
        case .softmax: fits = same(b[0], b[1]) && b[0].columns > 0 && scalarIsPositive
        case .segmentAttention: fits = attention(b)
        case .meanPool, .firstPool: fits = pool(b)
        case .dropout, .reluGradient, .geluGradient, .linearInputGradient, .linearWeightGradient, .sumRows, .sumAll,
            .broadcast, .layerNormInputGradient, .layerNormGainGradient, .segmentAttentionGradient, .meanPoolGradient,
            .firstPoolGradient, .positionGradient, .softCrossEntropy, .softCrossEntropyGradient, .sparseCrossEntropy,
            .sparseCrossEntropyGradient:
            throw .trainingInstruction(index: index)
        }
        guard fits else {
            throw fault("the operands of instruction \(index) (\(instruction.opcode)) do not fit each other")
        }
    }

    /// The buffers of the operands, as many as the kernel takes; the first are those that it writes.
    private func operands() throws(ModelFileError) -> [Program.Buffer] {
        let (outputs, counts): (Int, ClosedRange<Int>) =
            switch instruction.opcode {
            case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4: (1, 5...5)
            case .linearFloat32: (1, 4...5)
            case .linearInt8: (2, 5...6)
            case .layerNorm, .addPositions: (1, 4...4)
            case .segmentAttention: (2, 4...4)
            case .add, .embeddingFloat32, .embeddingInt8, .embeddingInt4, .meanPool, .firstPool: (1, 3...3)
            default: (1, 2...2)
            }
        guard instruction.outputs == outputs, counts.contains(instruction.operands.count) else {
            throw fault("instruction \(index) (\(instruction.opcode)) must have \(counts.lowerBound) operands")
        }
        var buffers: [Program.Buffer] = []
        for operand in instruction.operands {
            guard let operand else { throw fault("instruction \(index) lacks an operand") }
            buffers.append(program.buffers[operand])
        }
        return buffers
    }

    private var scalarIsPositive: Bool { instruction.scalar.isFinite && instruction.scalar > 0 }

    private func same(_ a: Program.Buffer, _ b: Program.Buffer) -> Bool {
        a.type == .float32 && b.type == .float32 && a.rows == b.rows && a.columns == b.columns
    }

    /// A row of floats as wide as another buffer.
    private func row(_ b: Program.Buffer, columnsOf other: Program.Buffer) -> Bool {
        b.type == .float32 && b.rows == .init(axis: nil, fixed: 1) && b.columns == other.columns
    }

    /// The parent of the axis on which a buffer has its rows, one an element.
    private func parent(of b: Program.Buffer) -> Int? {
        guard let axis = b.rows.axis, b.rows.fixed == 0 else { return nil }
        return program.axes[axis].parent
    }

    /// offsets[r+1] that divide the rows of another buffer among the elements of their axis' parent. The caller of the
    /// program fills them.
    private func offsets(_ b: Program.Buffer, of other: Program.Buffer) -> Bool {
        guard let axis = other.rows.axis, let parent = parent(of: other) else { return false }
        return b.type == .uint32 && b.region == .input && b.rows == .init(axis: parent, fixed: 1) && b.columns == 1
            && b.name == program.axes[axis].name + ".offsets"
    }

    /// table[v,d] of this form for out[_,d].
    private func table(_ b: Program.Buffer, _ type: ElementType, for out: Program.Buffer) -> Bool {
        b.type == type && b.region == .parameter && b.rows.axis == nil && b.columns == out.columns
    }

    /// ids[t,1]; the caller of the program sees to it that they are below the rows of their table.
    private func ids(_ b: Program.Buffer) -> Bool {
        b.type == .uint32 && b.region == .input && b.rows.axis != nil && b.rows.fixed == 0 && b.columns == 1
            && b.name == "ids"
    }

    /// out[r,d], table[v,d], ids[t,1], weights[t,1], offsets[r+1].
    private func bag(_ b: [Program.Buffer], _ type: ElementType) -> Bool {
        guard let parent = parent(of: b[2]) else { return false }
        return b[0].type == .float32 && b[0].rows == .init(axis: parent, fixed: 0) && table(b[1], type, for: b[0])
            && ids(b[2]) && b[3].type == .float32 && b[3].region == .input && b[3].name == "weights"
            && b[3].rows == b[2].rows && b[3].columns == 1 && offsets(b[4], of: b[2])
    }

    /// out[t,d], table[v,d], ids[t,1].
    private func embedding(_ b: [Program.Buffer], _ type: ElementType) -> Bool {
        b[0].type == .float32 && b[0].rows == b[2].rows && table(b[1], type, for: b[0]) && ids(b[2])
    }

    /// out[t,d], x[t,d], positions[l,d], offsets[r+1]. The kernel stops at the last position, so there must be one.
    private func positions(_ b: [Program.Buffer]) -> Bool {
        same(b[0], b[1]) && table(b[2], .float32, for: b[0]) && b[2].rows.fixed > 0 && offsets(b[3], of: b[0])
    }

    /// out[r,n], x[r,k], w[n,k], bias[1,n], residual[r,n] or none; the scalar is the activation.
    private func linear(_ b: [Program.Buffer], _ weights: ElementType) -> Bool {
        guard let activation = Int(exactly: instruction.scalar), (0...2).contains(activation) else { return false }
        return b[0].type == .float32 && b[1].type == .float32 && b[0].rows == b[1].rows
            && b[2].type == weights && b[2].region == .parameter
            && b[2].rows == .init(axis: nil, fixed: b[0].columns) && b[2].columns == b[1].columns
            && row(b[3], columnsOf: b[0]) && (b.count < 5 || same(b[0], b[4]))
    }

    /// out[r,n], scratch, then as above, weights in integers.
    private func integerLinear(_ b: [Program.Buffer]) -> Bool {
        var plain = b
        let scratch = plain.remove(at: 1)
        return linear(plain, .int8Panels) && b[2].columns <= Int8Panels.mostInner
            && scratch.type == .float32 && scratch.rows == .init(axis: nil, fixed: Int8Panels.scratchRows)
            && scratch.columns == Int8Panels.scratchColumns(inner: b[2].columns)
    }

    /// out[r,c], x[r,c], gain[1,c], bias[1,c]; the scalar is epsilon.
    private func layerNorm(_ b: [Program.Buffer]) -> Bool {
        same(b[0], b[1]) && b[0].columns > 0 && row(b[2], columnsOf: b[0]) && row(b[3], columnsOf: b[0])
            && scalarIsPositive
    }

    /// out[t,w], scratch, qkv[t,3w], offsets[r+1]; the scalar is the number of heads.
    private func attention(_ b: [Program.Buffer]) -> Bool {
        guard let heads = Int(exactly: instruction.scalar), heads > 0, b[0].columns > 0,
            b[0].columns.isMultiple(of: heads)
        else { return false }
        let scratchRows = Program.Rows(axis: b[0].rows.axis, fixed: AttentionScratch.spareRows)
        let scratchColumns = AttentionScratch.forwardColumns(width: b[0].columns, heads: heads)
        return b[0].type == .float32 && b[2].type == .float32 && b[0].rows == b[2].rows
            && b[2].columns == 3 * b[0].columns
            && b[1].type == .float32 && b[1].rows == scratchRows && b[1].columns == scratchColumns
            && offsets(b[3], of: b[0])
    }

    /// out[r,w], x[t,w], offsets[r+1].
    private func pool(_ b: [Program.Buffer]) -> Bool {
        guard let parent = parent(of: b[1]) else { return false }
        return b[0].type == .float32 && b[1].type == .float32 && b[0].rows == .init(axis: parent, fixed: 0)
            && b[0].columns == b[1].columns && offsets(b[2], of: b[1])
    }

    private func fault(_ reason: String) -> ModelFileError { .malformed(section: "program", reason: reason) }
}
