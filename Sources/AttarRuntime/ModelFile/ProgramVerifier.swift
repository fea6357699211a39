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
        // Offsets are inputs named after their axis.
        guard Set(program.axes.map(\.name)).count == program.axes.count else { throw fault("two axes have one name") }
        for index in program.buffers.indices {
            // The largest batch that any caller opens: sizes must not overflow there.
            guard program.bytes(of: index, counts: [Int](repeating: 1 << 24, count: program.axes.count)) != nil else {
                throw fault("the size of “\(program.buffers[index].name)” overflows")
            }
        }
        var written: Set<Int> = []
        for (index, instruction) in program.instructions.enumerated() {
            try OperandVerifier(program: program, instruction: instruction, index: index).verify()
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

    private func fault(_ reason: String) -> ModelFileError { .malformed(section: "program", reason: reason) }
}
