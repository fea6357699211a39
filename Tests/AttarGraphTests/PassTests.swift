import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Passes")
struct PassTests {
    private let rows = Extent.batch(BatchAxis("examples"))

    /// Outputs of the graph with these passes, each buffer in memory of its own.
    private func bits(_ sample: OpSample, _ graph: Graph, passes: [GraphPass], kernels: Kernels) throws -> [[UInt8]] {
        try GuardedRun.run(
            graph.lowered(passes: passes), leaves: sample.leaves, batch: sample.batch, kernels: kernels)
    }

    private func expectSameBits(_ sample: OpSample, _ graph: Graph) throws {
        for pass in GraphPass.allCases { try pass(graph).verify() }
        for name in Kernels.availableNames {
            let kernels = try TrainingKernels(named: name).kernels
            let expected = try bits(sample, graph, passes: [], kernels: kernels)
            for passes in GraphPass.allCases.map({ [$0] }) + [GraphPass.allCases] {
                #expect(try bits(sample, graph, passes: passes, kernels: kernels) == expected, "\(sample) \(passes)")
            }
            // As it is run: passes, shared memory, results in their operands' memory.
            let run = try ExecutorRun.run(
                graph.lowered(), leaves: sample.leaves, batch: sample.batch, kernels: kernels, spare: 1)
            #expect(run == expected, "\(sample) on the executor")
        }
    }

    /// Layers with whatever may follow them, values used once or more often, some of them outputs.
    private func composition(seed: UInt64) -> OpSample {
        var b = SampleBuilder(rows: 5, seed: seed)
        let width = b.random.pick([1, 5, 17, 64])
        var values = [b.floats("x", rows: b.examples, columns: width)]
        let weights = b.parameter("w", rows: width, columns: width, type: b.random.pick([.float32Panels, .int8Panels]))
        let bias = b.parameter("b", rows: 1, columns: width)
        for _ in 0..<b.random.whole(in: 1...12) {
            let value = b.random.happens(0.7) ? values[values.count - 1] : b.random.pick(values)
            switch b.random.below(6) {
            case 0: values.append(b.graph.apply(.relu, value))
            case 1: values.append(b.graph.apply(.gelu, value))
            case 2: values.append(b.graph.apply(.add, value, b.random.pick(values)))
            case 3: values.append(b.graph.apply(.add, b.graph.apply(.linear, value, weights, bias), value))
            default: values.append(b.graph.apply(.linear, value, weights, bias))
            }
            if b.random.happens(0.1) { b.graph.output("y\(values.count)", values[values.count - 1]) }
        }
        return b.finish("composition \(seed)", .add, [values[values.count - 1], values[0]])
    }

    @Test("change no bit of any composition", arguments: 0..<60)
    func compositionsKeepTheirBits(seed: Int) throws {
        let sample = composition(seed: UInt64(seed))
        try expectSameBits(sample, sample.graph)
    }

    @Test("change no bit of a student, forward or backward", arguments: [Float(0), 0.2])
    func studentsKeepTheirBits(dropout: Float) throws {
        let students: [any Student] = [
            BagStudent(buckets: 19, width: 17, hidden: 9, classes: 3, featureDropout: dropout, dropout: dropout),
            EncoderStudent(
                vocabulary: 19, longest: 8, width: 18, layers: 2, heads: 3, feedForward: 33, classes: 5, pooling: .mean,
                dropout: dropout),
            EncoderStudent(
                vocabulary: 19, longest: 8, width: 16, layers: 1, heads: 1, feedForward: 16, classes: 2,
                pooling: .first, dropout: dropout),
        ]
        for student in students {
            var forward = Graph()
            let result = student.logits(in: &forward, training: false)
            let sample = OpSample(
                "\(student)", of: forward, result: result, rows: 5, longest: 8, ids: 19, seed: 1)
            try expectSameBits(sample, sample.graph)

            var graph = Graph()
            let logits = student.logits(in: &graph, training: true)
            let loss = DistillationObjective(temperature: 2, usesSoftLabels: true, usesGoldLabels: true)
                .loss(of: logits, in: &graph)
            let parameters = student.parameters.compactMap { graph.parameter(named: $0.name) }
            let gradients = try graph.addGradients(of: loss, for: parameters)
            for case (let index, .dense(let value)?) in gradients.enumerated() {
                graph.output("gradient \(index)", value)
            }
            let backward = OpSample(
                "\(student)", of: graph, result: loss, rows: 5, longest: 8, ids: 19, seed: 2)
            try expectSameBits(backward, backward.graph)
        }
    }

    private func linear(_ x: Value, in graph: inout Graph) -> Value {
        let weights = graph.parameter("w", rows: 3, columns: 3, type: .float32Panels)
        return graph.apply(.linear, x, weights, graph.parameter("b", rows: 1, columns: 3))
    }

    @Test("let a layer apply the activation and the residual that follow it")
    func fusesEpilogues() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        graph.output("y", graph.apply(.add, x, graph.apply(.gelu, linear(x, in: &graph))))
        #expect(
            try GraphPass.linearEpilogues(graph).description == """
                %0 = input(name: "x")() [examples, 3] float32
                %1 = parameter(name: "w")() [3, 3] float32Panels
                %2 = parameter(name: "b")() [1, 3] float32
                %3 = fusedLinear(gelu, addsResidual: true)(%0, %1, %2, %0) [examples, 3] float32
                y: %3
                """)
        #expect(try graph.lowered().instructions.map(\.opcode) == [.linearFloat32])
    }

    @Test("leave a layer alone whose own result is read")
    func keepsWhatIsRead() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        let inner = linear(x, in: &graph)
        graph.output("inner", inner)
        graph.output("y", graph.apply(.relu, inner))
        #expect(try GraphPass.linearEpilogues(graph).description == graph.description)
        // A second activation or residual has no place in the layer.
        var twice = Graph()
        let start = twice.input("x", rows: rows, columns: 3)
        let once = twice.apply(.relu, linear(start, in: &twice))
        twice.output("y", twice.apply(.add, start, twice.apply(.add, start, twice.apply(.gelu, once))))
        #expect(try twice.lowered().instructions.map(\.opcode) == [.linearFloat32, .gelu, .add, .add])
    }

    @Test("leave out what no output needs")
    func removesDeadNodes() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        _ = graph.apply(.softmax(temperature: 1), graph.input("unused", rows: rows, columns: 3))
        graph.output("y", graph.apply(.relu, x))
        #expect(
            try GraphPass.deadNodes(graph).description == """
                %0 = input(name: "x")() [examples, 3] float32
                %1 = relu(%0) [examples, 3] float32
                y: %1
                """)
    }

    @Test("need not look for common subexpressions")
    func sharesEqualNodes() {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        let y = graph.apply(.relu, x)
        #expect(graph.apply(.add, x, y) == graph.apply(.add, graph.apply(.relu, x), x))
    }

    @Test("let GELU leave its slope where its gradient is taken, and only there")
    func slopes() throws {
        var graph = Graph()
        let x = graph.parameter("x", rows: 2, columns: 3)
        let loss = graph.apply(.sum, graph.apply(.gelu, x))
        var alone = graph
        alone.output("loss", loss)
        #expect(try alone.lowered().instructions.map(\.opcode) == [.gelu, .sumAll])
        guard case .dense(let gradient)? = try graph.addGradients(of: loss, for: [x])[0] else {
            Issue.record("the gradient is not dense")
            return
        }
        graph.output("loss", loss)
        graph.output("gradient", gradient)
        #expect(try graph.lowered().instructions.map(\.opcode) == [.geluWithSlope, .sumAll, .broadcast, .multiply])
    }
}
