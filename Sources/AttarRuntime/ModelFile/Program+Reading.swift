extension Program {
    /// Reads the program section; indices and kinds are checked here, meaning by `ProgramVerifier`.
    init(reading reader: ByteReader) throws(ModelFileError) {
        var reader = reader
        var axes: [Axis] = []
        let axisCount = try reader.count(.axes, limit: 16)
        for _ in 0..<axisCount {
            axes.append(Axis(name: try reader.string(), parent: try reader.index(.parent, of: axisCount)))
        }
        var buffers: [Buffer] = []
        for index in 0..<(try reader.count(.buffers, limit: 4096)) {
            buffers.append(try Buffer(reading: &reader, index: index, axes: axisCount))
        }
        var instructions: [Instruction] = []
        for index in 0..<(try reader.count(.instructions, limit: 4096)) {
            instructions.append(try Instruction(reading: &reader, index: index, buffers: buffers.count))
        }
        var outputs: [Int] = []
        for _ in 0..<(try reader.count(.outputs, limit: 16)) {
            guard let output = try reader.index(.output, of: buffers.count) else {
                throw .noSuch(.output, index: Int(clamping: ByteReader.none), count: buffers.count)
            }
            outputs.append(output)
        }
        try reader.end()
        self.init(axes: axes, buffers: buffers, instructions: instructions, outputs: outputs)
    }
}

extension Program.Buffer {
    fileprivate init(reading reader: inout ByteReader, index: Int, axes: Int) throws(ModelFileError) {
        let name = try reader.string()
        let regionCode = try reader.u32()
        guard let region = UInt8(exactly: regionCode).flatMap(Program.Region.init(rawValue:)) else {
            throw .unknownRegion(buffer: index, region: Int(clamping: regionCode))
        }
        let typeCode = try reader.u32()
        guard let type = UInt8(exactly: typeCode).flatMap(ElementType.init(rawValue:)) else {
            throw .unknownType(buffer: index, type: Int(clamping: typeCode))
        }
        let axis = try reader.index(.axis, of: axes)
        let fixed = try reader.count(.rows, limit: 1 << 30)
        let columns = try reader.count(.columns, limit: 1 << 30)
        self.init(name: name, region: region, type: type, rows: .init(axis: axis, fixed: fixed), columns: columns)
    }
}

extension Program.Instruction {
    fileprivate init(reading reader: inout ByteReader, index: Int, buffers: Int) throws(ModelFileError) {
        let code = try reader.u32()
        guard let opcode = UInt16(exactly: code).flatMap(Opcode.init(rawValue:)) else {
            throw .unknownOpcode(instruction: index, opcode: Int(clamping: code))
        }
        guard opcode.isDeployable else { throw .trainingInstruction(index: index) }
        let salt = try reader.u32()
        let scalar = try reader.f32()
        let outputs = try reader.count(.results, limit: 8)
        var operands: [Int?] = []
        for _ in 0..<(try reader.count(.operands, limit: 8)) {
            operands.append(try reader.index(.operand, of: buffers))
        }
        self.init(opcode: opcode, operands: operands, outputs: outputs, scalar: scalar, salt: salt)
    }
}
