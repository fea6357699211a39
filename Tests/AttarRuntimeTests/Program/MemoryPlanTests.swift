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
            let written = program.buffers.count
            let reads = (0..<random.whole(in: 1...3)).map { _ in random.below(written) }
            var result = Program.Buffer(
                name: "%\(written)", region: .arena, type: random.pick(ElementType.allCases),
                rows: .init(axis: axis, fixed: random.below(axis == nil ? 40 : 2)), columns: random.below(50))
            if random.happens(0.6) {
                (result.type, result.rows, result.columns) = {
                    ($0.type, $0.rows, $0.columns)
                }(program.buffers[random.pick(reads)])
            }
            program.buffers.append(result)
            program.instructions.append(
                .init(
                    opcode: random.pick([.add, .softmax, .geluGradient]),
                    operands: [written] + reads.map(Optional.init),
                    outputs: 1))
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

    /// Whether an instruction may write its result over an operand: elementwise, the same shape, and its last use.
    private func mayOverwrite(_ operand: Block, by result: Block, in program: Program) -> Bool {
        let index = result.lifetime.lowerBound
        guard operand.lifetime.upperBound == index, index < program.instructions.count else { return false }
        let (a, b) = (program.buffers[operand.buffer], program.buffers[result.buffer])
        let instruction = program.instructions[index]
        return instruction.opcode != .softmax && instruction.operands.dropFirst().contains(operand.buffer)
            && instruction.operands[0] == result.buffer && (a.type, a.rows, a.columns) == (b.type, b.rows, b.columns)
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
                if offset == start {
                    #expect(mayOverwrite(block, by: other, in: program) || mayOverwrite(other, by: block, in: program))
                    continue
                }
                #expect(offset + block.bytes <= start || start + other.bytes <= offset)
            }
        }
        func padded(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
        let sum = blocks.reduce(0) { $0 + padded($1.bytes) }
        let mostAlive =
            program.instructions.indices.map { moment in
                let alive = blocks.filter { $0.lifetime.contains(moment) }
                // At best the result stands on an operand.
                let result = alive.first { result in alive.contains { mayOverwrite($0, by: result, in: program) } }
                return alive.reduce(0) { $0 + padded($1.bytes) } - padded(result?.bytes ?? 0)
            }.max() ?? 0
        #expect(plan.arenaBytes <= sum)
        #expect(plan.arenaBytes >= mostAlive)
        for (index, buffer) in program.buffers.enumerated() where buffer.region != .arena {
            #expect(plan.offsets[index] == nil)
        }
    }

    @Test("of a chain needs no more than two of its equal buffers, one where it works in place")
    func chainsShareMemory() throws {
        let buffers = (0..<10).map { index in
            Program.Buffer(
                name: "%\(index)", region: index == 0 ? .input : .arena, type: .float32,
                rows: .init(axis: 0, fixed: 0), columns: 16)
        }
        for (opcode, needed) in [(Opcode.softmax, 2), (.relu, 1), (.gelu, 1)] {
            let steps = (1..<10).map { Program.Instruction(opcode: opcode, operands: [$0, $0 - 1], outputs: 1) }
            let program = Program(
                axes: [.init(name: "examples", parent: nil)], buffers: buffers, instructions: steps, outputs: [9])
            #expect(try MemoryPlan(program, capacities: [8]).arenaBytes == needed * 8 * 16 * 4)
        }
    }

    @Test("keeps what is read again, and what the caller reads")
    func keepsWhatIsRead() throws {
        let buffers = (0..<4).map { index in
            Program.Buffer(
                name: "%\(index)", region: index == 0 ? .input : .arena, type: .float32,
                rows: .init(axis: 0, fixed: 0), columns: 16)
        }
        func bytes(_ operands: [[Int]], outputs: [Int]) throws -> Int {
            let steps = operands.map { Program.Instruction(opcode: .add, operands: $0, outputs: 1) }
            let program = Program(
                axes: [.init(name: "examples", parent: nil)], buffers: buffers, instructions: steps, outputs: outputs)
            return try MemoryPlan(program, capacities: [8]).arenaBytes / (8 * 16 * 4)
        }
        #expect(try bytes([[1, 0, 0], [2, 1, 0], [3, 2, 0]], outputs: [3]) == 1)
        #expect(try bytes([[1, 0, 0], [2, 1, 0], [3, 2, 1]], outputs: [3]) == 2)
        #expect(try bytes([[1, 0, 0], [2, 1, 0], [3, 2, 0]], outputs: [1, 3]) == 2)
        #expect(try bytes([[1, 0, 0], [2, 1, 0], [3, 2, 0]], outputs: [1, 2, 3]) == 3)
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
