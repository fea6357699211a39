import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

/// Linear layers on integers are exact but for what `Format.md` rounds: the activations once, and the result.
@Suite("Linear layers on integers")
struct IntegerLinearTests {
    /// A layer with its operands.
    private struct Layer {
        var rows: Int
        var outputs: Int
        var inner: Int
        var x: [Float]
        var codes: [Int8]
        var scales: [Float]
        var bias: [Float]

        init(_ rows: Int, _ outputs: Int, _ inner: Int, _ random: inout SeededRandom) {
            (self.rows, self.outputs, self.inner) = (rows, outputs, inner)
            x = random.floats(rows * inner, within: 3)
            codes = (0..<(outputs * inner)).map { _ in Int8(random.whole(in: -128...127)) }
            scales = (0..<outputs).map { _ in random.float(within: 0.1).magnitude }
            bias = random.floats(outputs, within: 1)
        }

        /// What the layer must give, in integers.
        var expected: [Float] {
            (0..<rows).flatMap { row in
                let x = Array(self.x[(row * inner)..<((row + 1) * inner)])
                guard x.allSatisfy(\.isFinite) else { return [Float](repeating: .nan, count: outputs) }
                let largest = x.reduce(0) { max($0, $1.magnitude) }
                let isZero = largest < 0x1p-100
                // The next integer, ties to even, of the exact product.
                let ties = Float(0x1.8p23)
                let integers = x.map { isZero ? 0 : Int(ties.addingProduct($0, 127 / largest) - ties) }
                return (0..<outputs).map { output in
                    let sum = zip(integers, codes[(output * inner)...]).reduce(0) { $0 + $1.0 * Int($1.1) }
                    return bias[output].addingProduct(Float(sum), (isZero ? 0 : largest / 127) * scales[output])
                }
            }
        }

        func result(_ kernels: Kernels) throws -> [Float] {
            var graph = Graph()
            let input = graph.input("x", rows: .batch(BatchAxis("examples")), columns: inner)
            let weights = graph.parameter("w", rows: outputs, columns: inner, type: .int8Panels)
            let bias = graph.parameter("b", rows: 1, columns: outputs)
            graph.output("y", graph.apply(.linear, input, weights, bias))
            let leaves = [
                "x": Leaf(rows: rows, columns: inner, floats: x),
                "w": Leaf(rows: outputs, columns: inner, .codes(codes, scales: scales)),
                "b": Leaf(rows: 1, columns: outputs, floats: self.bias),
            ]
            let batch = SampleBatch(counts: ["examples": rows], runKey: 0)
            return try GuardedRun.run(graph.lowered(), leaves: leaves, batch: batch, kernels: kernels)[0].floats
        }
    }

    private func check(_ layer: Layer, _ label: String) throws {
        let expected = layer.expected
        for name in Kernels.availableNames {
            let found = try layer.result(Kernels(named: name))
            let same = zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
            #expect(same && found.count == expected.count, "\(label): \(name) differs")
        }
    }

    @Test("are exact at and beyond every tile", arguments: 1...35)
    func exact(rows: Int) throws {
        var random = SeededRandom(seed: UInt64(rows))
        for (outputs, inner) in [(1, 1), (16, 4), (17, 5), (77, 64), (130, 31), (389, 130)] {
            try check(Layer(rows, outputs, inner, &random), "\(rows)×\(outputs)×\(inner)")
        }
    }

    @Test("do not overflow with the most and the largest codes", arguments: [Int8(127), -127, -128])
    func largestCodes(code: Int8) throws {
        var random = SeededRandom(seed: 1)
        var layer = Layer(3, 5, Int8Panels.mostInner, &random)
        layer.x = layer.x.indices.map { $0 / layer.inner == 1 ? -2 : 2 }
        layer.codes = layer.codes.map { _ in code }
        try check(layer, "code \(code)")
    }

    @Test("know rows of zeros, of tiny and of huge values, and give NaN for a row that is not finite")
    func extremeRows() throws {
        var random = SeededRandom(seed: 2)
        let values: [Float] = [
            0, -0, .leastNonzeroMagnitude, .leastNormalMagnitude, 0x1p-101, 0x1p-100, 0x1.8p-99, 1e-20,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan,
        ]
        for inner in [1, 3, 16, 37] {
            var alone = Layer(values.count, 19, inner, &random)
            for row in 0..<alone.rows {
                for column in 0..<inner { alone.x[row * inner + column] = column == inner / 2 ? values[row] : 0 }
            }
            try check(alone, "alone, \(inner) columns")
            var among = Layer(values.count, 19, inner, &random)
            for row in 0..<among.rows { among.x[row * inner + inner / 2] = values[row] }
            try check(among, "among others, \(inner) columns")
        }
    }

    @Test("rely on sums that a reader can check")
    func sums() throws {
        var random = SeededRandom(seed: 3)
        for (outputs, inner) in [(1, 1), (16, 8), (33, 7), (77, 130)] {
            let layer = Layer(1, outputs, inner, &random)
            var bytes = Leaf(rows: outputs, columns: inner, .codes(layer.codes, scales: layer.scales))
                .bytes(as: .int8Panels)
            func areRight() -> Bool {
                bytes.withUnsafeBytes { raw in
                    raw.baseAddress.map { Int8Panels.sumsAreRight($0, outputs: outputs, inner: inner) } ?? false
                }
            }
            #expect(areRight())
            let padded = (outputs + 15) / 16 * 16
            for at in [4 * padded, 8 * padded - 1, 8 * padded, bytes.count - 1] {
                bytes[at] ^= 1
                #expect(!areRight(), "byte \(at) of \(outputs)×\(inner)")
                bytes[at] ^= 1
            }
        }
    }

    @Test("are refused where sums of products could overflow")
    func tooWide() throws {
        var graph = Graph()
        let columns = Int8Panels.mostInner + 1
        let x = graph.input("x", rows: .batch(BatchAxis("examples")), columns: columns)
        let weights = graph.parameter("w", rows: 1, columns: columns, type: .int8Panels)
        graph.output("y", graph.apply(.linear, x, weights, graph.parameter("b", rows: 1, columns: 1)))
        #expect(throws: GraphError.self) { try graph.lowered() }
    }
}
