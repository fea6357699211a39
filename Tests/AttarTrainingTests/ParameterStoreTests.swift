import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Parameters")
struct ParameterStoreTests {
    @Test(
        "come out of their layout as they went in, and padding stays zero", arguments: [1, 5, 16, 17, 77],
        [1, 16, 33, 130])
    func layout(rows: Int, columns: Int) throws {
        var random = SeededRandom(seed: UInt64(rows * 1000 + columns))
        let store = try ParameterStore([("a", rows, columns, .float32), ("b", rows, columns, .float32Panels)])
        let values = random.floats(rows * columns, within: 1)
        for index in 0..<2 {
            store.setRowMajor(values, at: index)
            #expect(store.rowMajor(at: index) == values)
            #expect(UInt(bitPattern: store.pointer(index)) % 64 == 0)
        }
        let stored = Array(store.floats(1))
        #expect(ElementType.float32Panels.rowMajor(stored, rows: rows, columns: columns) == values)
        #expect(stored.filter { $0 != 0 }.count == values.filter { $0 != 0 }.count)
    }

    @Test("of a copy do not follow the original")
    func copies() throws {
        let store = try ParameterStore([("a", 3, 5, .float32Panels)])
        store.setRowMajor([Float](repeating: 1, count: 15), at: 0)
        let copy = try store.copy()
        store.setRowMajor([Float](repeating: 2, count: 15), at: 0)
        #expect(copy.rowMajor(at: 0) == [Float](repeating: 1, count: 15))
    }

    @Test("too large to count are refused by name")
    func overflow() {
        #expect(throws: RuntimeError.tooLarge(buffer: "huge")) {
            try ParameterStore([("small", 1, 1, .float32), ("huge", .max / 2, 4, .float32)])
        }
    }

    @Test("of a student are what its graph asks for, and start within their bound", arguments: [0, 19])
    func studentParameters(hidden: Int) throws {
        let student = BagStudent(buckets: 53, width: 17, hidden: hidden, classes: 3, featureDropout: 0.1, dropout: 0.1)
        for training in [false, true] {
            var graph = Graph()
            let logits = student.logits(in: &graph, training: training)
            try graph.verify()
            #expect(logits.shape == Shape(.batch(BatchAxis("examples")), 3))
            for declaration in student.parameters {
                let value = try #require(graph.parameter(named: declaration.name))
                #expect(value.shape == Shape(.fixed(declaration.rows), declaration.columns))
                #expect(value.type == declaration.type)
            }
            let names = graph.nodes.compactMap { node -> String? in
                guard case .parameter(let name) = node.op else { return nil }
                return name
            }
            #expect(Set(names) == Set(student.parameters.map { $0.name }))
        }
        let store = try ParameterStore(student.parameters, seed: 5)
        for (index, declaration) in student.parameters.enumerated() {
            let values = store.rowMajor(at: index)
            switch declaration.initializer {
            case .zeros: #expect(values.allSatisfy { $0 == 0 })
            case .ones: #expect(values.allSatisfy { $0 == 1 })
            case .uniform(let bound):
                #expect(values.allSatisfy { $0 >= -bound && $0 < bound })
                let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
                // Five standard errors of a uniform variable.
                #expect(mean.magnitude <= 5 * Double(bound) / (3 * Double(values.count)).squareRoot())
            }
        }
    }

    @Test("start elsewhere under another name or seed, and at the same place under the same")
    func initialValues() {
        let initializer = Initializer.uniform(bound: 1)
        let values = initializer.values(rows: 7, columns: 9, name: "a", seed: 1)
        #expect(values == initializer.values(rows: 7, columns: 9, name: "a", seed: 1))
        #expect(values != initializer.values(rows: 7, columns: 9, name: "b", seed: 1))
        #expect(values != initializer.values(rows: 7, columns: 9, name: "a", seed: 2))
        // A larger parameter starts with the same values.
        #expect(values == Array(initializer.values(rows: 8, columns: 9, name: "a", seed: 1).prefix(63)))
    }
}
