import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

/// A change of a model that asks for more than a file may, and the refusal that it must meet.
struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    /// Gives the refusal.
    let change: @Sendable (inout SmallModel) throws -> ModelFileError

    init(_ name: String, _ change: @escaping @Sendable (inout SmallModel) throws -> ModelFileError) {
        self.name = name
        self.change = change
    }

    var testDescription: String { name }
}

extension SmallModel {
    /// What attacks change: every kind of operand.
    static func target() throws -> SmallModel { try SmallModel(width: 6, hidden: 17, heads: 2) }

    func buffer(_ name: String) throws -> Int { try #require(program.buffers.firstIndex { $0.name == name }) }

    /// The first instruction of that kind.
    func instruction(_ opcode: Opcode) throws -> Int {
        try #require(program.instructions.firstIndex { $0.opcode == opcode })
    }

    /// The linear layer that adds a residual.
    func residualLayer() throws -> Int {
        try #require(program.instructions.firstIndex { $0.opcode == .linearInt8 && $0.operands.count == 6 })
    }

    func operand(_ slot: Int, of opcode: Opcode) throws -> Int {
        try #require(program.instructions[instruction(opcode)].operands[slot])
    }

    /// Adds a parameter of zeros and gives its buffer.
    mutating func addParameter(_ name: String, _ type: ElementType, rows: Int, columns: Int) -> Int {
        program.buffers.append(
            .init(name: name, region: .parameter, type: type, rows: .init(axis: nil, fixed: rows), columns: columns))
        parameters.append([UInt8](repeating: 0, count: type.bytes(rows: rows, columns: columns) ?? 0))
        return program.buffers.count - 1
    }

    /// Puts another buffer in the place of an operand; gives the refusal of an operand that does not fit.
    mutating func put(_ buffer: Int?, at slot: Int, of instruction: Int) -> ModelFileError {
        program.instructions[instruction].operands[slot] = buffer
        return .operandUnfit(
            instruction: instruction, program.instructions[instruction].opcode, operand: slot)
    }

    /// Changes the buffer of an operand, which no earlier instruction may mind.
    mutating func spoil(
        _ slot: Int, of opcode: Opcode, _ change: (inout Program.Buffer) -> Void
    ) throws -> ModelFileError {
        change(&program.buffers[try operand(slot, of: opcode)])
        return .operandUnfit(instruction: try instruction(opcode), opcode, operand: slot)
    }

    /// Sets the scalar of an instruction to what it must not be.
    mutating func setScalar(_ scalar: Float, of instruction: Int) -> ModelFileError {
        program.instructions[instruction].scalar = scalar
        return .scalarOutOfRange(instruction: instruction, program.instructions[instruction].opcode)
    }
}
