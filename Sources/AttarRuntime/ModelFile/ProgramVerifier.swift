/// Checks that a deployable program reads only what was written and hands every kernel the shapes it expects.
struct ProgramVerifier {
    let program: Program

    func verify() throws(ModelFileError) {
        for buffer in program.buffers where buffer.region == .parameter && buffer.rows.axis != nil {
            throw fault("the parameter “\(buffer.name)” depends on the batch")
        }
        for (index, axis) in program.axes.enumerated()
        where axis.parent == index || axis.parent.flatMap({ program.axes[$0].parent }) != nil {
            throw fault("axis “\(axis.name)” has a parent that it cannot have")
        }
        for index in program.buffers.indices {
            // The largest batch that any caller opens: sizes must not overflow there.
            guard program.bytes(of: index, counts: [Int](repeating: 1 << 24, count: program.axes.count)) != nil else {
                throw fault("the size of “\(program.buffers[index].name)” overflows")
            }
        }
        var written: Set<Int> = []
        for (index, instruction) in program.instructions.enumerated() {
            try check(instruction, index)
            for case let operand? in instruction.operands.dropFirst(instruction.outputs)
            where program.buffers[operand].region == .arena && !written.contains(operand) {
                throw fault("instruction \(index) reads a buffer that nothing has written")
            }
            for case let operand? in instruction.operands.prefix(instruction.outputs) {
                guard program.buffers[operand].region == .arena, written.insert(operand).inserted else {
                    throw fault("instruction \(index) writes where it must not")
                }
            }
        }
        for output in program.outputs where !written.contains(output) { throw fault("an output is never written") }
    }

    private func check(_ instruction: Program.Instruction, _ index: Int) throws(ModelFileError) {
        let needs: Int =
            switch instruction.opcode {
            case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4: 5
            case .linearFloat32, .linearInt8: 4
            case .add: 3
            default: 2
            }
        guard instruction.outputs == 1, instruction.operands.count == needs else {
            throw fault("instruction \(index) (\(instruction.opcode)) must have \(needs) operands")
        }
        var b: [Program.Buffer] = []
        for operand in instruction.operands {
            guard let operand else { throw fault("instruction \(index) lacks an operand") }
            b.append(program.buffers[operand])
        }
        let fits: Bool
        switch instruction.opcode {
        case .embeddingBagFloat32: fits = bag(b, .float32)
        case .embeddingBagInt8: fits = bag(b, .int8Rows)
        case .embeddingBagInt4: fits = bag(b, .int4Rows)
        case .linearFloat32: fits = linear(b, .float32Panels)
        case .linearInt8: fits = linear(b, .int8Panels)
        case .relu, .scale: fits = same(b[0], b[1])
        case .softmax:
            fits = same(b[0], b[1]) && b[0].columns > 0 && instruction.scalar.isFinite && instruction.scalar > 0
        case .add: fits = same(b[0], b[1]) && same(b[0], b[2])
        case .dropout, .reluGradient, .linearInputGradient, .linearWeightGradient, .sumRows, .sumAll, .broadcast,
            .softCrossEntropy,
            .softCrossEntropyGradient:
            throw .trainingInstruction(index: index)
        }
        guard fits else {
            throw fault("the operands of instruction \(index) (\(instruction.opcode)) do not fit each other")
        }
    }

    private func same(_ a: Program.Buffer, _ b: Program.Buffer) -> Bool {
        a.type == .float32 && b.type == .float32 && a.rows == b.rows && a.columns == b.columns
    }

    /// out[e,d], table[v,d], ids[f,1], weights[f,1], offsets[e+1]; f a child axis of e.
    private func bag(_ b: [Program.Buffer], _ table: ElementType) -> Bool {
        guard let features = b[2].rows.axis, let examples = program.axes[features].parent else { return false }
        return b[0].type == .float32 && b[0].rows == .init(axis: examples, fixed: 0) && b[0].columns == b[1].columns
            && b[1].type == table && b[1].region == .parameter && b[1].rows.axis == nil
            && b[2].type == .uint32 && b[2].region == .input && b[2].rows.fixed == 0 && b[2].columns == 1
            && b[3].type == .float32 && b[3].rows == b[2].rows && b[3].columns == 1
            && b[4].type == .uint32 && b[4].region == .input && b[4].rows == .init(axis: examples, fixed: 1)
            && b[4].columns == 1
            && b[2].name == "ids" && b[3].name == "weights" && b[3].region == .input
            && b[4].name == program.axes[features].name + ".offsets"
    }

    /// out[r,n], x[r,k], w[n,k], bias[1,n].
    private func linear(_ b: [Program.Buffer], _ weights: ElementType) -> Bool {
        b[0].type == .float32 && b[1].type == .float32 && b[0].rows == b[1].rows
            && b[2].type == weights && b[2].region == .parameter && b[2].rows == .init(axis: nil, fixed: b[0].columns)
            && b[2].columns == b[1].columns
            && b[3].type == .float32 && b[3].rows == .init(axis: nil, fixed: 1) && b[3].columns == b[0].columns
    }

    private func fault(_ reason: String) -> ModelFileError { .malformed(section: "program", reason: reason) }
}
