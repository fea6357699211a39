extension Program {
    /// Reads the program section; indices and kinds are checked here, meaning by `ProgramVerifier`.
    init(reading reader: ByteReader) throws(ModelFileError) {
        var reader = reader
        var axes: [Axis] = []
        let axisCount = try reader.count("axes", limit: 16)
        for _ in 0..<axisCount {
            axes.append(Axis(name: try reader.string(), parent: try reader.index("parent axis", below: axisCount)))
        }
        var buffers: [Buffer] = []
        for _ in 0..<(try reader.count("buffers", limit: 4096)) {
            let name = try reader.string()
            guard let region = Region(rawValue: UInt8(truncatingIfNeeded: try reader.count("as a region", limit: 255)))
            else {
                throw reader.fault("a region is not known")
            }
            guard let type = ElementType(rawValue: UInt8(truncatingIfNeeded: try reader.count("as a type", limit: 255)))
            else {
                throw reader.fault("an element type is not known")
            }
            let axis = try reader.index("axis", below: axisCount)
            let fixed = try reader.count("rows", limit: 1 << 30)
            let columns = try reader.count("columns", limit: 1 << 30)
            buffers.append(
                Buffer(name: name, region: region, type: type, rows: Rows(axis: axis, fixed: fixed), columns: columns))
        }
        var instructions: [Instruction] = []
        for index in 0..<(try reader.count("instructions", limit: 4096)) {
            guard
                let opcode = Opcode(
                    rawValue: UInt16(truncatingIfNeeded: try reader.count("as an opcode", limit: 0xFFFF)))
            else {
                throw reader.fault("the opcode of instruction \(index) is not known")
            }
            guard opcode.isDeployable else { throw .trainingInstruction(index: index) }
            let salt = try reader.u32()
            let scalar = try reader.f32()
            let outputs = try reader.count("outputs", limit: 8)
            var operands: [Int?] = []
            for _ in 0..<(try reader.count("operands", limit: 8)) {
                operands.append(try reader.index("operand", below: buffers.count))
            }
            instructions.append(
                Instruction(opcode: opcode, operands: operands, outputs: outputs, scalar: scalar, salt: salt))
        }
        var outputs: [Int] = []
        for _ in 0..<(try reader.count("outputs", limit: 16)) {
            guard let output = try reader.index("output", below: buffers.count) else {
                throw reader.fault("an output is none")
            }
            outputs.append(output)
        }
        try reader.end()
        self.init(axes: axes, buffers: buffers, instructions: instructions, outputs: outputs)
    }
}
