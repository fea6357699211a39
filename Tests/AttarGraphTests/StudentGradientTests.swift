import AttarGraph
import AttarRuntime
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Gradients of whole graphs")
struct StudentGradientTests {
    /// A random composition of everything that can be differentiated, with values used more than once.
    private func sample(seed: UInt64) -> OpSample {
        var b = SampleBuilder(rows: 9, seed: seed)
        let width = b.random.pick([1, 5, 17])
        b.divideFeatures(longest: 6)
        let table = b.parameter("table", rows: 19, columns: width)
        let ids = b.numbers("ids", rows: b.features, below: 19)
        var weights = b.floats("weights", rows: b.features, columns: 1, within: 1)
        let keys = b.keys("keys")
        if b.random.happens(0.5) { weights = b.graph.apply(.dropout(rate: 0.3, salt: 1), weights, keys) }
        let square = b.parameter("square", rows: width, columns: width, type: .float32Panels)
        let bias = b.parameter("bias", rows: 1, columns: width)
        let gain = b.parameter("gain", rows: 1, columns: width)
        // A bag beside an encoder on the same table: its gradient has two uses of either kind.
        let bag = b.graph.apply(.embeddingBag, table, ids, weights)
        let positions = b.parameter("positions", rows: 6, columns: width)
        let tokens = b.graph.apply(.addPositions, b.graph.apply(.embedding, table, ids), positions)
        let wide = b.parameter("wide", rows: 3 * width, columns: width, type: .float32Panels)
        let projected = b.graph.apply(.linear, tokens, wide, b.parameter("wide.bias", rows: 1, columns: 3 * width))
        let attended = b.graph.apply(.segmentAttention(heads: 1), projected)
        let pooled = b.graph.apply(b.random.happens(0.5) ? .meanPool : .firstPool, attended)
        var values = [bag, b.graph.apply(.add, bag, pooled)]
        for step in 0..<b.random.whole(in: 1...6) {
            let value = b.random.pick(values)
            let next =
                switch b.random.below(7) {
                case 0: b.graph.apply(.relu, value)
                case 1: b.graph.apply(.add, value, b.random.pick(values))
                case 2: b.graph.apply(.scale(by: b.random.float(within: 2)), value)
                case 3: b.graph.apply(.gelu, value)
                case 4 where width > 1: b.graph.apply(.layerNorm(epsilon: 0.1), value, gain, bias)
                case 5: b.graph.apply(.dropout(rate: 0.4, salt: UInt32(step + 2)), value, keys)
                default:
                    b.graph.nodes.contains { $0.op == .linear }
                        ? b.graph.apply(.relu, value) : b.graph.apply(.linear, value, square, bias)
                }
            values.append(next)
        }
        return b.finish(
            "graph \(seed)", .add, [values[values.count - 1], values[1]],
            by: ["table", "positions", "wide", "wide.bias", "gain", "square", "bias"])
    }

    @Test("agree with differences, and come out of the executor", arguments: 0..<60)
    func compositions(seed: Int) throws {
        let sample = sample(seed: UInt64(seed))
        let check = try GradientCheck(sample, seed: 2)
        #expect(check.names.contains("table"))
        let disagreements = check.disagreements(directions: 2, seed: 3)
        #expect(disagreements.isEmpty)
        let program = try check.graph.lowered()
        let outputs = try ExecutorRun.run(
            program, leaves: check.leaves, batch: check.batch, kernels: TrainingKernels().kernels)
        let nodes = ReferenceInterpreter(check.graph, batch: check.batch).evaluate(check.leaves.mapValues(\.reference))
        for (index, (name, value)) in check.graph.outputs.enumerated() {
            let expected = nodes[value.node]
            let floats = value.type.rowMajor(outputs[index].floats, rows: expected.rows, columns: expected.columns)
            let disagreement = expected.disagreement(with: floats)
            #expect(disagreement == nil, "\(name)")
        }
    }

    @Test("of parameters that the loss does not reach are none")
    func unreachedParameters() throws {
        var b = SampleBuilder(rows: 3, seed: 1)
        let x = b.floats("x", rows: b.examples, columns: 5)
        let unused = b.parameter("unused", rows: 2, columns: 5)
        let loss = b.graph.apply(.sum, x)
        let gradients = try b.graph.addGradients(of: loss, for: [unused, x])
        #expect(gradients[0] == nil)
        #expect(gradients[1] != nil)
    }

    @Test("stop at weights that are data")
    func dataHasNoGradient() throws {
        var b = SampleBuilder(rows: 3, seed: 1)
        b.divideFeatures(longest: 4)
        let table = b.parameter("table", rows: 7, columns: 5)
        let ids = b.numbers("ids", rows: b.features, below: 7)
        let weights = b.floats("weights", rows: b.features, columns: 1)
        let loss = b.graph.apply(.sum, b.graph.apply(.embeddingBag, table, ids, weights))
        #expect(throws: GraphError.self) { try b.graph.addGradients(of: loss, for: [table, weights]) }
    }

    @Test("refuse a weight matrix used twice rather than add its padding")
    func sharedWeightsAreRefused() throws {
        var b = SampleBuilder(rows: 3, seed: 1)
        let x = b.floats("x", rows: b.examples, columns: 5)
        let square = b.parameter("square", rows: 5, columns: 5, type: .float32Panels)
        let bias = b.parameter("bias", rows: 1, columns: 5)
        let once = b.graph.apply(.linear, x, square, bias)
        let loss = b.graph.apply(.sum, b.graph.apply(.linear, once, square, bias))
        #expect(throws: GraphError.self) { try b.graph.addGradients(of: loss, for: [square]) }
    }
}
