import AttarGraph
import AttarQuantization
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

/// How far a stored value may be from the original with nothing clipped, as a share of the row's scale.
private enum RoundTripBound {
    static let int8 = 0.5
    static let int4 = 0.5
    /// A few roundings of single precision on codes up to the limit.
    static func withRounding(_ limit: Int) -> Double { 0.5 + 4 * Double(limit) * Rounding.unit }
}

@Suite("Quantizing a row")
struct RowQuantizationTests {
    private static let limits = [7, 127]

    private func row(_ kind: Int, _ random: inout SeededRandom) -> [Float] {
        let count = random.whole(in: 1...130)
        switch kind {
        case 0: return random.floats(count, within: 1)
        // A bell and a heavy tail.
        case 1: return (0..<count).map { _ in (0..<6).reduce(Float(0)) { sum, _ in sum + random.float(within: 1) } }
        case 2:
            return (0..<count).map { _ in
                let x = random.float(within: 1)
                return x * x * x * x * x * 100
            }
        case 3: return random.floats(count, within: 1e-30)
        case 4: return random.floats(count, within: 1e30)
        case 5: return random.floats(count, within: .leastNonzeroMagnitude * 9)
        default: return random.floats(count, within: 0.1) + [1000]
        }
    }

    private func meanSquare(_ row: [Float], _ quantized: QuantizedRow) -> Double {
        zip(row, quantized.codes).reduce(0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1) * Double(quantized.scale)
            return sum + difference * difference
        } / Double(row.count)
    }

    @Test("to its largest magnitude keeps every value within half a step", arguments: limits, 0..<7)
    func roundTrip(limit: Int, kind: Int) {
        var random = SeededRandom(seed: UInt64(limit * 10 + kind))
        for _ in 0..<200 {
            let row = row(kind, &random)
            let quantized = RowQuantization.quantize(row, limit: limit, clip: .max)
            #expect(quantized.codes.count == row.count)
            #expect(quantized.codes.allSatisfy { Int($0.magnitude) <= limit })
            let allowed =
                RoundTripBound.withRounding(limit) * Double(quantized.scale) + 256 * Double(Float.leastNonzeroMagnitude)
            for (value, code) in zip(row, quantized.codes) {
                #expect((Double(value) - Double(code) * Double(quantized.scale)).magnitude <= allowed)
            }
        }
    }

    @Test("by mean squared error is never worse than to the largest magnitude", arguments: limits, 0..<7)
    func searchHelps(limit: Int, kind: Int) {
        var random = SeededRandom(seed: UInt64(limit * 20 + kind))
        for _ in 0..<200 {
            let row = row(kind, &random)
            let plain = meanSquare(row, RowQuantization.quantize(row, limit: limit, clip: .max))
            let searched = meanSquare(row, RowQuantization.quantize(row, limit: limit, clip: .mse))
            // The search compares rounded errors.
            #expect(searched <= plain * (1 + 1e-5))
        }
    }

    @Test("with one huge outlier gives up on it where that is worth it")
    func outlier() {
        var random = SeededRandom(seed: 3)
        let row = random.floats(400, within: 1) + [3]
        let plain = RowQuantization.quantize(row, limit: 7, clip: .max)
        let searched = RowQuantization.quantize(row, limit: 7, clip: .mse)
        #expect(searched.scale < plain.scale)
        #expect(meanSquare(row, searched) < meanSquare(row, plain))
        #expect(searched.codes.last == 7)
    }

    @Test("of zeros, of nothing, or of values too small for a scale gives scale and codes of zero", arguments: limits)
    func zeros(limit: Int) {
        for row in [[], [0], [0, -0, 0], [Float.leastNonzeroMagnitude, -.leastNonzeroMagnitude]] as [[Float]] {
            for clip in ClipRule.allCases {
                let quantized = RowQuantization.quantize(row, limit: limit, clip: clip)
                #expect(quantized.scale == 0)
                #expect(quantized.codes == [Int8](repeating: 0, count: row.count))
            }
        }
    }

    @Test("keeps symmetry, and limits what is not finite", arguments: limits, ClipRule.allCases)
    func extremes(limit: Int, clip: ClipRule) {
        var random = SeededRandom(seed: 8)
        let row = random.floats(50, within: 2)
        let (plus, minus) = (
            RowQuantization.quantize(row, limit: limit, clip: clip),
            RowQuantization.quantize(row.map { -$0 }, limit: limit, clip: clip)
        )
        #expect(plus.scale == minus.scale)
        #expect(plus.codes == minus.codes.map { -$0 })
        let broken = RowQuantization.quantize([1, .nan, .infinity, -.infinity, -1], limit: limit, clip: .max)
        #expect(broken.codes.map(Int.init) == [limit, 0, limit, -limit, -limit])
        let large = RowQuantization.quantize([.greatestFiniteMagnitude, 0], limit: limit, clip: clip)
        #expect(large.scale.isFinite && large.codes[1] == 0)
    }
}

@Suite("Quantizing a student")
struct WeightQuantizerTests {
    /// What a stored parameter means, row-major, read independently of the writer.
    private func dequantized(_ store: ParameterStore, _ index: Int) -> [Float] {
        let entry = store.entries[index]
        let bytes = store.bytes(index)
        let start = entry.type.codesOffset(rows: entry.rows) ?? 0
        return (0..<(entry.rows * entry.columns)).map { element in
            let position = entry.type.position(of: element, columns: entry.columns)
            switch entry.type {
            case .float32, .float32Panels, .uint32: return bytes.load(fromByteOffset: 4 * position, as: Float.self)
            case .int8Rows, .int8Panels, .int4Rows:
                let scale = bytes.load(fromByteOffset: 4 * (element / entry.columns), as: Float.self)
                let byte = Int8(bitPattern: bytes[start + position])
                guard entry.type == .int4Rows else { return scale * Float(byte) }
                return scale * Float(element % entry.columns & 16 == 0 ? (byte << 4) >> 4 : byte >> 4)
            }
        }
    }

    @Test(
        "predicts as the values that it stored do", arguments: [ElementType.int8Rows, .int4Rows, .float32],
        [1, 5, 16, 17, 31, 32, 33, 64, 77])
    func kernelsReadWhatWasStored(table: ElementType, width: Int) throws {
        let fixture = TrainingFixture()
        var student = fixture.student(hidden: width % 3 == 0 ? 19 : 0)
        student.width = width
        let parameters = try ParameterStore(student.parameters, seed: 3)
        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: false))
        let linear: ElementType = width % 2 == 0 ? .float32Panels : .int8Panels
        let (quantizedGraph, store, reports) = try WeightQuantizer(table: table, linear: linear, clip: .mse)
            .quantize(graph, parameters: parameters)
        #expect(
            store.entries.map(\.type)
                == store.entries.map { entry in
                    entry.name == "table" ? table : entry.name.hasSuffix(".weight") ? linear : .float32
                })
        let plain = try ParameterStore(student.parameters, seed: 4)
        for index in store.entries.indices { plain.setRowMajor(dequantized(store, index), at: index) }
        let found = try Inference(quantizedGraph, output: "logits", parameters: store, kernels: Kernels())
            .run(fixture.set.features)
        let expected = try Inference(graph, output: "logits", parameters: plain, kernels: Kernels())
            .run(fixture.set.features)
        if linear == .float32Panels {
            // The same numbers, scaled at another moment.
            let largest = expected.map(\.magnitude).max() ?? 0
            for (one, other) in zip(found, expected) {
                #expect((one - other).magnitude <= Float(Rounding.ofSum(width + 19)) * (1 + largest))
            }
        } else {
            // Activations were rounded to 127 steps of the largest one.
            let differences = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let size = expected.reduce(0) { $0 + $1 * $1 }
            #expect((differences / size).squareRoot() < 0.02)
        }
        for (index, report) in reports.enumerated() {
            let original = parameters.rowMajor(at: index)
            let values = dequantized(store, index)
            let error = zip(original, values).reduce(0.0) {
                $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
            }
            #expect(report.name == store.entries[index].name && report.bytes == store.bytes(index).count)
            #expect(
                (report.meanSquaredError - error / Double(original.count)).magnitude <= 1e-5 * report.meanSquaredError
                    + 1e-14)
        }
    }

    @Test("halves and quarters what a table takes")
    func sizes() throws {
        let fixture = TrainingFixture()
        let student = fixture.student()
        let parameters = try ParameterStore(student.parameters, seed: 3)
        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: false))
        let bytes = try [ElementType.float32, .int8Rows, .int4Rows].map { table in
            try WeightQuantizer(table: table, linear: .float32Panels, clip: .max)
                .quantize(graph, parameters: parameters).parameters.entries[0].bytes
        }
        let (rows, width) = (fixture.featurizer.buckets, 17)
        let scales = (rows * 4 + 63) / 64 * 64
        #expect(bytes == [rows * width * 4, scales + rows * width, scales + rows * 16])
    }
}
