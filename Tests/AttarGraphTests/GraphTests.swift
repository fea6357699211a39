import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

@Suite("Graphs")
struct GraphTests {
    private let rows = Extent.batch(BatchAxis("examples"))

    @Test("print one line a node, with shapes")
    func description() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        let weights = graph.parameter("w", rows: 2, columns: 3, type: .float32Panels)
        let bias = graph.parameter("b", rows: 1, columns: 2)
        graph.output("y", graph.apply(.relu, graph.apply(.linear, x, weights, bias)))
        #expect(
            graph.description == """
                %0 = input(name: "x")() [examples, 3] float32
                %1 = parameter(name: "w")() [2, 3] float32Panels
                %2 = parameter(name: "b")() [1, 2] float32
                %3 = linear(%0, %1, %2) [examples, 2] float32
                %4 = relu(%3) [examples, 2] float32
                y: %4
                """)
        try graph.verify()
    }

    @Test("make equal nodes one node")
    func sharesNodes() {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        #expect(graph.apply(.relu, x) == graph.apply(.relu, x))
        #expect(graph.apply(.scale(by: 2), x) != graph.apply(.scale(by: 3), x))
        #expect(graph.nodes.count == 4)
    }

    @Test("keep the first shape mistake, with its layer, operation and shapes")
    func keepsTheFirstMistake() throws {
        var graph = Graph()
        graph.path = "student.bag.hidden"
        let x = graph.input("x", rows: rows, columns: 64)
        let weights = graph.parameter("w", rows: 256, columns: 128, type: .float32Panels)
        let bias = graph.parameter("b", rows: 1, columns: 256)
        let wrong = graph.apply(.linear, x, weights, bias)
        graph.path = "later"
        _ = graph.apply(.add, wrong, bias)
        var thrown: GraphError?
        do throws(GraphError) { try graph.verify() } catch { thrown = error }
        let message = try #require(thrown).description
        for part in ["student.bag.hidden", "linear", "inner sizes differ", "[examples, 64]", "[256, 128]"] {
            #expect(message.contains(part), "\(message)")
        }
        #expect(throws: GraphError.self) { try graph.lowered() }
    }

    @Test("refuse operands of wrong number, type or shape", arguments: OpKind.allCases)
    func refusesWrongOperands(kind: OpKind) throws {
        for sample in kind.samples(SampleSize(rows: 3, columns: 17), seed: 1) {
            let graph = sample.graph
            let result = try #require(graph.outputs.first).value
            let node = graph.nodes[result.node]
            var operands = node.inputs.map(graph.value)
            #expect(try node.op.result(of: operands).shape == result.shape)
            #expect(throws: ShapeProblem.self) { try node.op.result(of: operands.dropLast()) }
            #expect(throws: ShapeProblem.self) { try node.op.result(of: operands + [operands[0]]) }
            for index in operands.indices {
                let original = operands[index]
                // Quantized bytes where floats belong, and the other way round.
                let other = ElementType.allCases.filter {
                    $0 != original.type && $0 != .float32 && $0 != .float32Panels
                }
                for type in other
                where !(original.type.isTable && type.isTable) && !(original.type.isPanels && type.isPanels) {
                    var copy = graph
                    operands[index] = copy.input(
                        "strange \(type)", rows: original.shape.rows, columns: original.shape.columns, type: type)
                    #expect(throws: ShapeProblem.self, "\(kind) with \(type) as operand \(index + 1)") {
                        try node.op.result(of: operands)
                    }
                }
                operands[index] = original
            }
        }
    }

    @Test("refuse two leaves of one name, and gradients of what is no scalar")
    func refusals() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        _ = graph.parameter("x", rows: 1, columns: 3)
        #expect(throws: GraphError.duplicateName("x")) { try graph.verify() }
        var other = Graph()
        let y = other.input("y", rows: rows, columns: 3)
        #expect(throws: GraphError.self) { try other.addGradients(of: y, for: [y]) }
        other.output("y", y)
        #expect(throws: GraphError.self) { try other.lowered() }
        _ = x
    }

    @Test("lower only what an output needs")
    func lowersWhatIsNeeded() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        let unused = graph.input("unused", rows: rows, columns: 3)
        _ = graph.apply(.softmax(temperature: 1), unused)
        graph.output("y", graph.apply(.relu, x))
        let program = try graph.lowered()
        #expect(program.instructions.map(\.opcode) == [.relu])
        #expect(program.buffers.map(\.name) == ["x", "y"])
    }

    @Test("name the layer in the buffers of a program")
    func namesOfBuffers() throws {
        var graph = Graph()
        graph.path = "student.hidden"
        let x = graph.input("x", rows: rows, columns: 3)
        let y = graph.apply(.relu, x)
        graph.path = "student.head"
        graph.output("y", graph.apply(.sum, graph.apply(.scale(by: 2), y)))
        #expect(try graph.lowered().buffers.map(\.name) == ["x", "student.hidden %1", "student.head %2", "y"])
    }

    @Test("find a value under each of its output names")
    func outputsOfOneValue() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        let y = graph.apply(.relu, x)
        graph.output("first", y)
        graph.output("second", y)
        let program = try graph.lowered()
        #expect(program.buffer(named: "first") != nil)
        #expect(program.buffer(named: "second") != nil)
    }

    @Test("store a parameter in another form, and nothing else changes")
    func changingParameters() throws {
        var graph = Graph()
        let x = graph.input("x", rows: rows, columns: 3)
        let weights = graph.parameter("w", rows: 2, columns: 3, type: .float32Panels)
        let bias = graph.parameter("b", rows: 1, columns: 2)
        graph.output("y", graph.apply(.linear, x, weights, bias))
        let changed = try graph.changingParameter("w", to: .int8Panels)
        #expect(changed.description == graph.description.replacing("float32Panels", with: "int8Panels"))
        #expect(try changed.lowered().instructions.map(\.opcode) == [.linearInt8])
        #expect(throws: GraphError.self) { try graph.changingParameter("w", to: .int4Rows) }
    }
}

extension ElementType {
    fileprivate var isTable: Bool { self == .float32 || self == .int8Rows || self == .int4Rows }
    fileprivate var isPanels: Bool { self == .float32Panels || self == .int8Panels }
}
