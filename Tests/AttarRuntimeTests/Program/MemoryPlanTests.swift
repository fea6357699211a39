import AttarRuntime
import AttarTestSupport
import Testing

@Suite("The memory plan")
struct MemoryPlanTests {
    private struct Block {
        let buffer: Int
        let bytes: Int
        let lifetime: ClosedRange<Int>
    }

    /// Any well-formed program: operands are inputs or written before.
    private func randomProgram(_ random: inout SeededRandom) -> Program {
        var program = Program(
            axes: [.init(name: "examples", parent: nil), .init(name: "features", parent: 0)],
            buffers: [
                .init(name: "x", region: .input, type: .float32, rows: .init(axis: 0, fixed: 0), columns: 3),
                .init(name: "w", region: .parameter, type: .float32, rows: .init(axis: nil, fixed: 4), columns: 4),
            ], instructions: [], outputs: [])
        for _ in 0..<random.whole(in: 1...30) {
            let axis = random.pick([nil, 0, 1])
            program.buffers.append(
                .init(
                    name: "%\(program.buffers.count)", region: .arena, type: random.pick(ElementType.allCases),
                    rows: .init(axis: axis, fixed: random.below(axis == nil ? 40 : 2)), columns: random.below(50)))
            let written = program.buffers.count - 1
            let reads = (0..<random.whole(in: 1...3)).map { _ in Optional(random.below(written)) }
            program.instructions.append(.init(opcode: .add, operands: [written] + reads, outputs: 1))
            if random.happens(0.15) { program.outputs.append(written) }
        }
        return program
    }

    private func blocks(of program: Program, capacities: [Int]) -> [Block] {
        program.buffers.indices.compactMap { index in
            let uses = program.instructions.indices.filter { program.instructions[$0].operands.contains(index) }
            guard program.buffers[index].region == .arena, let first = uses.first, let last = uses.last else {
                return nil
            }
            let buffer = program.buffers[index]
            let rows = (buffer.rows.axis.map { capacities[$0] } ?? 0) + buffer.rows.fixed
            let end = program.outputs.contains(index) ? program.instructions.count : last
            return Block(
                buffer: index, bytes: buffer.type.bytes(rows: rows, columns: buffer.columns) ?? 0, lifetime: first...end
            )
        }
    }

    @Test("never lets two buffers overlap that are alive at once, and wastes nothing", arguments: 0..<300)
    func buffersAliveAtOnceAreApart(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let program = randomProgram(&random)
        let capacities = [random.below(30), random.below(100)]
        let plan = try MemoryPlan(program, capacities: capacities)
        let blocks = blocks(of: program, capacities: capacities)
        for block in blocks {
            let offset = try #require(plan.offsets[block.buffer])
            #expect(offset % 64 == 0 && offset >= 0 && offset + block.bytes <= plan.arenaBytes)
            for other in blocks
            where other.buffer > block.buffer && block.lifetime.overlaps(other.lifetime)
                && min(block.bytes, other.bytes) > 0
            {
                let start = try #require(plan.offsets[other.buffer])
                #expect(offset + block.bytes <= start || start + other.bytes <= offset)
            }
        }
        func padded(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
        let sum = blocks.reduce(0) { $0 + padded($1.bytes) }
        let mostAlive =
            program.instructions.indices.map { moment in
                blocks.filter { $0.lifetime.contains(moment) }.reduce(0) { $0 + padded($1.bytes) }
            }.max() ?? 0
        #expect(plan.arenaBytes <= sum)
        #expect(plan.arenaBytes >= mostAlive)
        for (index, buffer) in program.buffers.enumerated() where buffer.region != .arena {
            #expect(plan.offsets[index] == nil)
        }
    }

    @Test("of a chain needs no more than two of its equal buffers")
    func chainsShareMemory() throws {
        let buffers = (0..<10).map { index in
            Program.Buffer(
                name: "%\(index)", region: index == 0 ? .input : .arena, type: .float32,
                rows: .init(axis: 0, fixed: 0), columns: 16)
        }
        let steps = (1..<10).map { Program.Instruction(opcode: .relu, operands: [$0, $0 - 1], outputs: 1) }
        let program = Program(
            axes: [.init(name: "examples", parent: nil)], buffers: buffers, instructions: steps, outputs: [9])
        #expect(try MemoryPlan(program, capacities: [8]).arenaBytes == 2 * 8 * 16 * 4)
    }

    @Test("refuses sizes that overflow, and names the buffer")
    func refusesOverflow() throws {
        let program = Program(
            axes: [.init(name: "examples", parent: nil)],
            buffers: [
                .init(name: "x", region: .input, type: .float32, rows: .init(axis: 0, fixed: 0), columns: 1),
                .init(name: "huge", region: .arena, type: .float32, rows: .init(axis: 0, fixed: 1), columns: 1 << 30),
            ], instructions: [.init(opcode: .relu, operands: [1, 0], outputs: 1)], outputs: [1])
        for capacity in [Int.max, Int.max - 1, Int.max / 4, 1 << 31] {
            #expect(throws: RuntimeError.tooLarge(buffer: "huge")) {
                try MemoryPlan(program, capacities: [capacity])
            }
        }
    }
}
