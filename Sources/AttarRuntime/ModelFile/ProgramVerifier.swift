/// Checks that a deployable program reads only what was written and hands every kernel the shapes it expects.
struct ProgramVerifier {
    let program: Program

    func verify() throws(ModelFileError) {
        try checkAxes()
        for (index, buffer) in program.buffers.enumerated() {
            guard buffer.region != .parameter || buffer.rows.axis == nil else { throw .parameterOfBatch(buffer: index) }
        }
        var written = [Bool](repeating: false, count: program.buffers.count)
        for (index, instruction) in program.instructions.enumerated() {
            try OperandVerifier(program: program, instruction: instruction, index: index).verify()
            for (slot, operand) in instruction.operands.enumerated() {
                guard let operand else { continue }
                let isArena = program.buffers[operand].region == .arena
                if slot >= instruction.outputs {
                    guard !isArena || written[operand] else {
                        throw .readBeforeWritten(instruction: index, operand: slot)
                    }
                } else {
                    guard isArena else { throw .writesOutsideArena(instruction: index, operand: slot) }
                }
            }
            // Afterwards: an instruction must not read what it is about to write.
            for (slot, result) in instruction.operands.prefix(instruction.outputs).enumerated() {
                guard let result, !written[result] else { throw .writtenTwice(instruction: index, operand: slot) }
                written[result] = true
            }
        }
        for output in program.outputs where !written[output] { throw .outputNotWritten(buffer: output) }
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
