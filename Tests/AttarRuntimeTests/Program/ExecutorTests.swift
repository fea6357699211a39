import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

@Suite("The executor")
struct ExecutorTests {
    /// Any graph of deployable operations on rows of width 17 with several outputs.
    private func randomGraph(_ random: inout SeededRandom) -> (graph: Graph, leaves: [String: Leaf]) {
        var graph = Graph()
        let rows = Extent.batch(BatchAxis("examples"))
        let x = graph.input("x", rows: rows, columns: 17)
        let weights = graph.parameter("w", rows: 17, columns: 17, type: .float32Panels)
        let bias = graph.parameter("b", rows: 1, columns: 17)
        var values = [x]
        for _ in 0..<random.whole(in: 1...20) {
            let value = random.pick(values)
            let next =
                switch random.below(5) {
                case 0: graph.apply(.relu, value)
                case 1: graph.apply(.add, value, random.pick(values))
                case 2: graph.apply(.scale(by: random.float(within: 2)), value)
                case 3: graph.apply(.linear, value, weights, bias)
                default: graph.apply(.softmax(temperature: 1), value)
                }
            values.append(next)
            if random.happens(0.2) { graph.output("y\(values.count)", next) }
        }
        graph.output("last", values[values.count - 1])
        let leaves = [
            "x": Leaf(rows: 6, columns: 17, floats: random.floats(6 * 17, within: 1)),
            "w": Leaf(rows: 17, columns: 17, floats: random.floats(17 * 17, within: 0.3)),
            "b": Leaf(rows: 1, columns: 17, floats: random.floats(17, within: 1)),
        ]
        return (graph, leaves)
    }

    @Test("gives the bits of a run without shared memory, at any capacity", arguments: 0..<100)
    func sharedMemoryChangesNothing(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) &+ 1000)
        let (graph, leaves) = randomGraph(&random)
        let program = try graph.lowered()
        let batch = SampleBatch(counts: ["examples": 6])
        let expected = try GuardedRun.run(program, leaves: leaves, batch: batch, kernels: Kernels())
        for spare in [0, 1, 40] {
            let found = try ExecutorRun.run(program, leaves: leaves, batch: batch, kernels: Kernels(), spare: spare)
            #expect(found == expected)
        }
    }

    private func reluProgram() throws -> Program {
        var graph = Graph()
        let x = graph.input("x", rows: .batch(BatchAxis("examples")), columns: 5)
        graph.output("y", graph.apply(.relu, x))
        return try graph.lowered()
    }

    @Test("refuses a batch that is larger than it was opened for", arguments: [5, 100, Int.max, -1])
    func refusesTooManyRows(count: Int) throws {
        var executor = try Executor(reluProgram(), capacities: [4], parameters: [], kernels: Kernels())
        var refusal: RuntimeError?
        do throws(RuntimeError) { try executor.run { _ in count } } catch { refusal = error }
        #expect(refusal == .overCapacity(axis: "examples", capacity: 4, count: count))
        // It stays usable.
        executor.pointer(to: 0, as: Float.self)[0] = -3
        executor.pointer(to: 0, as: Float.self)[1] = 3
        try executor.run { _ in 1 }
        #expect(executor.pointer(to: 1, as: Float.self)[0] == 0)
        #expect(executor.pointer(to: 1, as: Float.self)[1] == 3)
    }

    @Test("runs batches of no rows, and executors for no rows", arguments: [0, 4])
    func runsEmptyBatches(capacity: Int) throws {
        var executor = try Executor(reluProgram(), capacities: [capacity], parameters: [], kernels: Kernels())
        if capacity > 0 {
            executor.pointer(to: 1, as: Float.self)[0] = 42
        }
        try executor.run { _ in 0 }
        if capacity > 0 {
            #expect(executor.pointer(to: 1, as: Float.self)[0] == 42)
        }
    }

    @Test("holds nothing of an earlier, larger batch")
    func forgetsEarlierBatches() throws {
        var random = SeededRandom(seed: 3)
        let (graph, leaves) = randomGraph(&random)
        let program = try graph.lowered()
        var executor = try Executor(
            program, capacities: [6], parameters: program.parameters.map { _ in zeros }, kernels: Kernels())
        let input = try #require(program.buffer(named: "x"))
        let output = try #require(program.buffer(named: "last"))
        guard case .floats(let x)? = leaves["x"]?.content else { return }
        func run(_ rows: Int) throws -> [UInt32] {
            executor.pointer(to: input, as: Float.self).update(from: x, count: rows * 17)
            try executor.run { _ in rows }
            return (0..<17).map { executor.pointer(to: output, as: Float.self)[$0].bitPattern }
        }
        let alone = try run(1)
        _ = try run(6)
        #expect(try run(1) == alone)
    }

    private nonisolated(unsafe) let zeros: UnsafeMutableRawPointer = {
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: 1 << 14, alignment: 64)
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: 1 << 14)
        return pointer
    }()

    @Test("takes the memory that it says beforehand", arguments: [0, 1, 13])
    func ownedBytes(capacity: Int) throws {
        var random = SeededRandom(seed: 9)
        let program = try randomGraph(&random).graph.lowered()
        let bytes = try Executor.ownedBytes(program, capacities: [capacity])
        let executor = try Executor(
            program, capacities: [capacity], parameters: program.parameters.map { _ in zeros }, kernels: Kernels())
        let owned = executor.ownedBytes
        #expect(owned == bytes)
    }

    @Test("stops after the instruction that its caller names")
    func stops() throws {
        var random = SeededRandom(seed: 3)
        let program = try randomGraph(&random).graph.lowered()
        var executor = try Executor(
            program, capacities: [6], parameters: program.parameters.map { _ in zeros }, kernels: Kernels())
        for last in program.instructions.indices {
            var seen: [Int] = []
            try executor.run(
                runKey: 0, count: { _ in 6 },
                whileAfterEach: { instruction in
                    seen.append(instruction)
                    return instruction < last
                })
            #expect(seen == Array(0...last))
        }
    }

    @Test("refuses training instructions without their kernels, and unknown kernels")
    func refusesMissingKernels() throws {
        var graph = Graph()
        let x = graph.input("x", rows: .batch(BatchAxis("examples")), columns: 5)
        graph.output("y", graph.apply(.sum, x))
        let program = try graph.lowered()
        #expect(throws: RuntimeError.kernelMissing(.sumAll)) {
            _ = try Executor(program, capacities: [4], parameters: [], kernels: Kernels())
        }
        #expect(throws: RuntimeError.unknownKernels(name: "abacus")) { try Kernels(named: "abacus") }
    }

    @Test("refuses capacities whose inputs overflow")
    func refusesOverflow() throws {
        #expect(throws: RuntimeError.self) {
            _ = try Executor(reluProgram(), capacities: [Int.max / 20], parameters: [], kernels: Kernels())
        }
        #expect(throws: RuntimeError.self) {
            _ = try Executor(reluProgram(), capacities: [Int.max], parameters: [], kernels: Kernels())
        }
    }
}
