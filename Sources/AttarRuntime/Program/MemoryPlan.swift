/// Where each arena buffer lives for given axis capacities: buffers whose lifetimes do not meet share memory.
///
/// First fit over lifetimes, largest first: each buffer takes the lowest offset that no buffer alive at the same time
/// covers.
public struct MemoryPlan: Sendable {
    /// Byte offset into the arena; nil for buffers of other regions.
    public let offsets: [Int?]
    /// Size of the arena.
    public let arenaBytes: Int

    static let alignment = 64

    /// Throws `RuntimeError.tooLarge` where a size overflows.
    public init(_ program: Program, capacities: [Int]) throws(RuntimeError) {
        var lifetimes: [Int: (first: Int, last: Int)] = [:]
        for (index, instruction) in program.instructions.enumerated() {
            for case let buffer? in instruction.operands where program.buffers[buffer].region == .arena {
                lifetimes[buffer] = (lifetimes[buffer]?.first ?? index, index)
            }
        }
        for output in program.outputs {
            lifetimes[output]?.last = program.instructions.count
        }
        var blocks: [(buffer: Int, bytes: Int, first: Int, last: Int)] = []
        for (buffer, life) in lifetimes {
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
        self.offsets = offsets
        arenaBytes = arena
    }
}
