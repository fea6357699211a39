/// Checks that a deployable program reads only what was written and hands every kernel the shapes it expects.
struct ProgramVerifier {
    let program: Program

    /// What an instruction has made of a buffer.
    private enum Content {
        case nothing, result, workingMemory
    }

    func verify() throws(ModelFileError) {
        try checkAxes()
        for (index, buffer) in program.buffers.enumerated() {
            guard buffer.region != .parameter || buffer.rows.axis == nil else { throw .parameterOfBatch(buffer: index) }
        }
        var contents = [Content](repeating: .nothing, count: program.buffers.count)
        for (index, instruction) in program.instructions.enumerated() {
            try OperandVerifier(program: program, instruction: instruction, index: index).verify()
            for (slot, operand) in instruction.operands.enumerated().dropFirst(instruction.outputs) {
                guard let operand, program.buffers[operand].region == .arena else { continue }
                switch contents[operand] {
                case .result: break
                case .nothing: throw .readBeforeWritten(instruction: index, operand: slot)
                case .workingMemory: throw .readsWorkingMemory(instruction: index, operand: slot)
                }
            }
            // Afterwards: an instruction must not read what it is about to write.
            for (slot, operand) in instruction.operands.prefix(instruction.outputs).enumerated() {
                guard let operand, program.buffers[operand].region == .arena else {
                    throw .writesOutsideArena(instruction: index, operand: slot)
                }
                guard contents[operand] == .nothing else { throw .writtenTwice(instruction: index, operand: slot) }
                contents[operand] = slot == 0 ? .result : .workingMemory
            }
        }
        for output in program.outputs where contents[output] != .result { throw .outputNotWritten(buffer: output) }
    }

    /// Axes have at most one above them, so there are no circles; offsets are inputs named after their axis.
    private func checkAxes() throws(ModelFileError) {
        for (index, axis) in program.axes.enumerated() {
            if let parent = axis.parent, program.axes[parent].parent != nil { throw .badParent(axis: index) }
            for earlier in program.axes.prefix(index) where earlier.name.hasBytes(of: axis.name) {
                throw .sameAxisName(axis: index)
            }
        }
    }
}
