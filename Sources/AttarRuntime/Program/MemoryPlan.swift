/// Where each arena buffer lives for given axis capacities: buffers whose lifetimes do not meet share memory, and the
/// result of an elementwise instruction takes over the memory of an operand that nothing reads afterwards.
///
/// First fit over lifetimes, largest first: each buffer takes the lowest offset that no buffer alive at the same time
/// covers.
public struct MemoryPlan: Sendable {
    /// Byte offset into the arena; nil for buffers of other regions.
    public let offsets: [Int?]
    /// Size of the arena.
    public let arenaBytes: Int

    static let alignment = 64

    /// The first instruction that needs a buffer's memory, and the last one.
    private struct Lifetime {
        var first: Int
        var last: Int
    }

    /// Throws `RuntimeError.tooLarge` where a size overflows.
    public init(_ program: Program, capacities: [Int]) throws(RuntimeError) {
        var lifetimes = [Lifetime?](repeating: nil, count: program.buffers.count)
        for (index, instruction) in program.instructions.enumerated() {
            for case let buffer? in instruction.operands where program.buffers[buffer].region == .arena {
                lifetimes[buffer] = Lifetime(first: lifetimes[buffer]?.first ?? index, last: index)
            }
        }
        for output in program.outputs {
            lifetimes[output]?.last = program.instructions.count
        }
        // For each buffer that takes over the memory of another one: the first owner of that memory.
        var owners = [Int?](repeating: nil, count: program.buffers.count)
        for (index, instruction) in program.instructions.enumerated() {
            guard let (result, operands) = program.inPlace(instruction),
                let operand = operands.first(where: { lifetimes[$0]?.last == index }),
                let life = lifetimes[result], life.first == index
            else { continue }
            let owner = owners[operand] ?? operand
            owners[result] = owner
            lifetimes[owner]?.last = life.last
        }
        var blocks: [(buffer: Int, bytes: Int, first: Int, last: Int)] = []
        for (buffer, life) in lifetimes.enumerated() where owners[buffer] == nil {
            guard let life else { continue }
            guard let bytes = program.bytes(of: buffer, counts: capacities),
                let padded = roundedUp(bytes, to: Self.alignment)
            else { throw .tooLarge(buffer: program.buffers[buffer].name) }
            blocks.append((buffer, padded, life.first, life.last))
        }
        blocks.sort { ($1.bytes, $0.buffer) < ($0.bytes, $1.buffer) }

        var offsets = [Int?](repeating: nil, count: program.buffers.count)
        // In the order of offsets.
        var placed: [(offset: Int, bytes: Int, first: Int, last: Int)] = []
        var arena = 0
        for block in blocks {
            var offset = 0
            for other in placed where other.first <= block.last && block.first <= other.last {
                if offset + block.bytes <= other.offset { break }
                offset = max(offset, other.offset + other.bytes)
            }
            let (end, overflow) = offset.addingReportingOverflow(block.bytes)
            guard !overflow else { throw .tooLarge(buffer: program.buffers[block.buffer].name) }
            offsets[block.buffer] = offset
            let place = placed.firstIndex { $0.offset > offset } ?? placed.count
            placed.insert((offset, block.bytes, block.first, block.last), at: place)
            arena = max(arena, end)
        }
        for (buffer, owner) in owners.enumerated() {
            if let owner { offsets[buffer] = offsets[owner] }
        }
        self.offsets = offsets
        arenaBytes = arena
    }
}

extension MemoryPlan {
    /// Throws `RuntimeError.memoryUnfit` where memory of the caller's is too small or not aligned.
    static func check(_ memory: UnsafeMutableRawBufferPointer, holds bytes: Int) throws(RuntimeError) {
        guard let address = memory.baseAddress, Int(bitPattern: address).isMultiple(of: alignment),
            memory.count >= bytes
        else { throw .memoryUnfit(bytes: memory.count, needed: bytes, alignment: alignment) }
    }
}

extension Program {
    /// The result of an elementwise instruction, and the operands whose memory it could take over.
    fileprivate func inPlace(_ instruction: Instruction) -> (result: Int, operands: [Int])? {
        guard instruction.opcode.isElementwise, case let result?? = instruction.operands.first else { return nil }
        let operands = instruction.operands.dropFirst(instruction.outputs).compactMap { operand -> Int? in
            guard let operand, operand != result, buffers[operand].region == .arena,
                buffers[operand].type == buffers[result].type, buffers[operand].rows == buffers[result].rows,
                buffers[operand].columns == buffers[result].columns
            else { return nil }
            return operand
        }
        return (result, operands)
    }
}

extension Opcode {
    /// Whether its kernel reads nothing that it has written before, whatever operand the result stands on.
    fileprivate var isElementwise: Bool {
        switch self {
        case .relu, .gelu, .add, .scale, .dropout, .reluGradient, .geluGradient, .geluWithSlope, .multiply: true
        default: false
        }
    }
}
