/// Checks that one deployable instruction hands its kernel the operands that it expects, as `Format.md` lists them.
struct OperandVerifier {
    let program: Program
    let instruction: Program.Instruction
    /// Its place in the program, for messages.
    let index: Int

    @inline(never)
    func verify() throws(ModelFileError) {
        let b = try operands()
        switch instruction.opcode {
        case .embeddingBagFloat32: try bag(b, .float32)
        case .embeddingBagInt8: try bag(b, .int8Rows)
        case .embeddingBagInt4: try bag(b, .int4Rows)
        case .embeddingFloat32: try embedding(b, .float32)
        case .embeddingInt8: try embedding(b, .int8Rows)
        case .embeddingInt4: try embedding(b, .int4Rows)
        case .addPositions: try positions(b)
        case .linearFloat32: try linear(b, .float32Panels, from: 1)
        case .linearInt8: try integerLinear(b)
        case .relu, .gelu, .scale, .add: try elementwise(b)
        case .layerNorm: try layerNorm(b)
        case .softmax: try softmax(b)
        case .segmentAttention: try attention(b)
        case .meanPool, .firstPool: try pool(b)
        case .dropout, .reluGradient, .geluGradient, .geluWithSlope, .multiply, .linearInputGradient,
            .linearWeightGradient, .sumRows, .sumAll, .broadcast, .layerNormInputGradient, .layerNormGainGradient,
            .segmentAttentionGradient, .meanPoolGradient, .firstPoolGradient, .positionGradient, .softCrossEntropy,
            .softCrossEntropyGradient, .sparseCrossEntropy, .sparseCrossEntropyGradient:
            throw .trainingInstruction(index: index)
        }
    }

    /// The buffers of the operands, as many as the kernel takes; the first are those that it writes.
    private func operands() throws(ModelFileError) -> [Program.Buffer] {
        let opcode = instruction.opcode
        let (results, counts): (Int, ClosedRange<Int>) =
            switch opcode {
            case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4: (1, 5...5)
            case .linearFloat32: (1, 4...5)
            case .linearInt8: (2, 5...6)
            case .layerNorm, .addPositions: (1, 4...4)
            case .segmentAttention: (2, 4...4)
            case .add, .embeddingFloat32, .embeddingInt8, .embeddingInt4, .meanPool, .firstPool: (1, 3...3)
            default: (1, 2...2)
            }
        let found = instruction.operands.count
        guard counts.contains(found) else { throw .operandCount(instruction: index, opcode, found: found) }
        guard instruction.outputs == results else {
            throw .resultCount(instruction: index, opcode, found: instruction.outputs)
        }
        var buffers: [Program.Buffer] = []
        for (slot, operand) in instruction.operands.enumerated() {
            guard let operand else { throw .operandMissing(instruction: index, opcode, operand: slot) }
            buffers.append(program.buffers[operand])
        }
        return buffers
    }

    /// out, x and perhaps another one, all of one shape.
    private func elementwise(_ b: [Program.Buffer]) throws(ModelFileError) {
        try need(0, isFloat(b[0]))
        for slot in 1..<b.count { try need(slot, same(b[0], b[slot])) }
    }

    /// out[r,d], table[v,d], ids[t,1], weights[t,1], offsets[r+1].
    private func bag(_ b: [Program.Buffer], _ type: ElementType) throws(ModelFileError) {
        try need(1, table(b[1], type, for: b[0]))
        try need(2, ids(b[2]))
        try need(3, input(b[3], .float32, rows: b[2].rows) && b[3].name.hasBytes(of: "weights"))
        try need(4, offsets(b[4], of: b[2]))
        try need(0, isFloat(b[0]) && b[0].rows == .init(axis: parent(of: b[2]), fixed: 0))
    }

    /// out[t,d], table[v,d], ids[t,1].
    private func embedding(_ b: [Program.Buffer], _ type: ElementType) throws(ModelFileError) {
        try need(1, table(b[1], type, for: b[0]))
        try need(2, ids(b[2]))
        try need(0, isFloat(b[0]) && b[0].rows == b[2].rows)
    }

    /// out[t,d], x[t,d], positions[l,d], offsets[r+1]. The kernel stops at the last position, so there must be one.
    private func positions(_ b: [Program.Buffer]) throws(ModelFileError) {
        try need(0, isFloat(b[0]))
        try need(1, same(b[0], b[1]))
        try need(2, table(b[2], .float32, for: b[0]) && b[2].rows.fixed > 0)
        try need(3, offsets(b[3], of: b[0]))
    }

    /// out[r,n]; then, from a slot on, x[r,k], w[n,k], bias[1,n], residual[r,n] or none; the scalar is the activation.
    private func linear(_ b: [Program.Buffer], _ type: ElementType, from slot: Int) throws(ModelFileError) {
        let (out, x, weights) = (b[0], b[slot], b[slot + 1])
        try need(0, isFloat(out))
        try need(slot, isFloat(x) && x.rows == out.rows)
        try need(
            slot + 1,
            weights.type == type && weights.region == .parameter && weights.rows == .init(axis: nil, fixed: out.columns)
                && weights.columns == x.columns)
        try need(slot + 2, row(b[slot + 2], columnsOf: out))
        if b.count > slot + 3 { try need(slot + 3, same(out, b[slot + 3])) }
        try needScalar(wholeScalar.map { (0...2).contains($0) } ?? false)
    }

    /// out[r,n], scratch, then the same with weights in integers.
    private func integerLinear(_ b: [Program.Buffer]) throws(ModelFileError) {
        try linear(b, .int8Panels, from: 2)
        try need(3, b[3].columns <= Int8Panels.mostInner)
        try need(
            1,
            isFloat(b[1]) && b[1].rows == .init(axis: nil, fixed: Int8Panels.scratchRows)
                && b[1].columns == Int8Panels.scratchColumns(inner: b[3].columns))
    }

    /// out[r,c], x[r,c]; the scalar is the temperature.
    private func softmax(_ b: [Program.Buffer]) throws(ModelFileError) {
        try need(0, isFloat(b[0]) && b[0].columns > 0)
        try need(1, same(b[0], b[1]))
        try needScalar(scalarIsPositive)
    }

    /// out[r,c], x[r,c], gain[1,c], bias[1,c]; the scalar is epsilon.
    private func layerNorm(_ b: [Program.Buffer]) throws(ModelFileError) {
        try need(0, isFloat(b[0]) && b[0].columns > 0)
        try need(1, same(b[0], b[1]))
        for slot in 2...3 { try need(slot, row(b[slot], columnsOf: b[0])) }
        try needScalar(scalarIsPositive)
    }

    /// out[t,w], scratch, qkv[t,3w], offsets[r+1]; the scalar is the number of heads.
    private func attention(_ b: [Program.Buffer]) throws(ModelFileError) {
        try need(0, isFloat(b[0]) && b[0].columns > 0)
        let heads = wholeScalar ?? 0
        try needScalar(heads > 0 && b[0].columns % heads == 0)
        let scratchColumns = AttentionScratch.forwardColumns(width: b[0].columns, heads: heads)
        try need(
            1,
            isFloat(b[1]) && b[1].rows == .init(axis: b[0].rows.axis, fixed: AttentionScratch.spareRows)
                && b[1].columns == scratchColumns)
        try need(2, isFloat(b[2]) && b[2].rows == b[0].rows && b[2].columns == 3 * b[0].columns)
        try need(3, offsets(b[3], of: b[0]))
    }

    /// out[r,w], x[t,w], offsets[r+1].
    private func pool(_ b: [Program.Buffer]) throws(ModelFileError) {
        try need(1, isFloat(b[1]))
        try need(2, offsets(b[2], of: b[1]))
        try need(
            0, isFloat(b[0]) && b[0].rows == .init(axis: parent(of: b[1]), fixed: 0) && b[0].columns == b[1].columns)
    }

    private func need(_ operand: Int, _ fits: Bool) throws(ModelFileError) {
        guard fits else { throw .operandUnfit(instruction: index, instruction.opcode, operand: operand) }
    }

    private func needScalar(_ fits: Bool) throws(ModelFileError) {
        guard fits else { throw .scalarOutOfRange(instruction: index, instruction.opcode) }
    }

    private var scalarIsPositive: Bool { instruction.scalar.isFinite && instruction.scalar > 0 }

    /// The scalar where it is a whole number; none is larger than a row is wide.
    private var wholeScalar: Int? {
        // Not `Int(exactly:)`, which needs the mathematics library.
        guard instruction.scalar >= 0, instruction.scalar <= Float(1 << 30) else { return nil }
        let whole = Int(instruction.scalar)
        return Float(whole) == instruction.scalar ? whole : nil
    }

    private func isFloat(_ b: Program.Buffer) -> Bool { b.type == .float32 }

    private func same(_ a: Program.Buffer, _ b: Program.Buffer) -> Bool {
        isFloat(b) && a.rows == b.rows && a.columns == b.columns
    }

    /// A row of floats as wide as another buffer.
    private func row(_ b: Program.Buffer, columnsOf other: Program.Buffer) -> Bool {
        isFloat(b) && b.rows == .init(axis: nil, fixed: 1) && b.columns == other.columns
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
        return input(b, .uint32, rows: .init(axis: parent, fixed: 1))
            && b.name.hasBytes(of: program.axes[axis].name, and: Program.Axis.offsetsEnd)
    }

    /// table[v,d] of this form for out[_,d].
    private func table(_ b: Program.Buffer, _ type: ElementType, for out: Program.Buffer) -> Bool {
        b.type == type && b.region == .parameter && b.columns == out.columns
    }

    /// ids[t,1]; the caller of the program sees to it that they are below the rows of their table.
    private func ids(_ b: Program.Buffer) -> Bool {
        b.rows.axis != nil && b.rows.fixed == 0 && input(b, .uint32, rows: b.rows) && b.name.hasBytes(of: "ids")
    }

    /// A column that the caller of the program fills.
    private func input(_ b: Program.Buffer, _ type: ElementType, rows: Program.Rows) -> Bool {
        b.region == .input && b.type == type && b.rows == rows && b.columns == 1
    }
}

extension Program.Axis {
    /// With this after the name of the axis: the input that divides its elements among those of its parent.
    static var offsetsEnd: StaticString { ".offsets" }
}
