import AttarRuntime
import AttarTestSupport
import CAttarTrainingKernels
import Testing

/// Matrix products are cut into tiles and blocks. None of it may show: an element is one chain of fused multiply-adds.
@Suite("Products of matrices")
struct ProductKernelTests {
    /// r, n and k at and beyond every tile and block.
    struct Product: Sendable, CustomStringConvertible {
        var rows: Int
        var outputs: Int
        var inner: Int
        var description: String { "\(rows)×\(outputs)×\(inner)" }

        static let all = [
            (1, 1, 1), (0, 5, 7), (5, 0, 3), (3, 4, 0), (7, 33, 15), (8, 48, 256), (9, 47, 257), (13, 400, 40),
            (131, 17, 300), (23, 100, 520), (140, 390, 17),
        ].map(Product.init)
    }

    /// A matrix of 16-column panels, an operand of a kernel.
    private struct Matrix {
        var rows: Int
        var columns: Int
        var values: [Float]

        init(_ rows: Int, _ columns: Int, _ values: [Float]) {
            self.rows = rows
            self.columns = columns
            self.values = values
        }

        init(_ rows: Int, _ columns: Int, _ random: inout SeededRandom) {
            self.init(rows, columns, random.floats(rows * columns, within: 1))
        }

        subscript(row: Int, column: Int) -> Float { values[row * columns + column] }

        /// Panels of 16 rows, the last one filled up with zeros.
        var panels: Matrix {
            var result = [Float](repeating: 0, count: (rows + 15) / 16 * 16 * columns)
            for row in 0..<rows {
                for column in 0..<columns { result[(row / 16 * columns + column) * 16 + row % 16] = self[row, column] }
            }
            return Matrix(rows, columns, result)
        }

        /// One chain an element, in ascending inner index.
        static func product(_ rows: Int, _ columns: Int, _ inner: Int, _ factors: (Int, Int, Int) -> (Float, Float))
            -> Matrix
        {
            var result: [Float] = []
            result.reserveCapacity(rows * columns)
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = Float(0)
                    for index in 0..<inner {
                        let (a, b) = factors(row, column, index)
                        sum.addProduct(a, b)
                    }
                    result.append(sum)
                }
            }
            return Matrix(rows, columns, result)
        }
    }

    /// The bits of the first operand after a call under every instruction set, the same everywhere.
    private func result(_ operands: [Matrix], scalar: Float = 0, of kernel: (String) throws -> attar_kernel) throws
        -> [Float]
    {
        var first: [Float]?
        for name in Kernels.availableNames {
            let memory = operands.map { operand in
                let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: operand.values.count)
                _ = buffer.initialize(from: operand.values)
                return buffer
            }
            defer { for buffer in memory { buffer.deallocate() } }
            var call = attar_call()
            call.scalar.0 = scalar
            withUnsafeMutableBytes(of: &call.operand) { raw in
                let list = raw.bindMemory(to: attar_operand.self)
                for (index, operand) in operands.enumerated() {
                    list[index] = attar_operand(
                        data: memory[index].baseAddress, rows: Int64(operand.rows), columns: Int64(operand.columns))
                }
            }
            try kernel(name)(&call)
            let found = Array(memory[0])
            let same = first == nil || first?.map(\.bitPattern) == found.map(\.bitPattern)
            #expect(same, "\(name) differs")
            first = first ?? found
        }
        return first ?? []
    }

    private func training(
        _ kernel: KeyPath<attar_training_kernel_table, attar_kernel?>
    ) -> (String) throws -> attar_kernel {
        { name in try #require(attar_training_kernels_select(name)?.pointee[keyPath: kernel]) }
    }

    @Test("are one chain an element forward; bias, activation and residual follow", arguments: Product.all)
    func forward(size: Product) throws {
        var random = SeededRandom(seed: UInt64(size.rows * 7 + size.outputs))
        let x = Matrix(size.rows, size.inner, &random)
        let weights = Matrix(size.outputs, size.inner, &random)
        let bias = Matrix(1, size.outputs, &random)
        let residual = Matrix(size.rows, size.outputs, &random)
        let sums = Matrix.product(size.rows, size.outputs, size.inner) { (x[$0, $2], weights[$1, $2]) }
        let out = Matrix(size.rows, size.outputs, [Float](repeating: .nan, count: size.rows * size.outputs))
        let linear = { (name: String) in try Kernels(named: name).kernel(for: .linearFloat32) }
        let plain = sums.values.enumerated().map { $1 + bias[0, $0 % size.outputs] }
        let rectified = plain.map { 0 > $0 ? 0 : $0 }
        #expect(try result([out, x, weights.panels, bias], of: linear) == plain)
        #expect(try result([out, x, weights.panels, bias], scalar: 1, of: linear) == rectified)
        #expect(
            try result([out, x, weights.panels, bias, residual], scalar: 1, of: linear)
                == zip(rectified, residual.values).map(+))
        let gelu = try result([out, Matrix(size.rows, size.outputs, plain)]) { name in
            try Kernels(named: name).kernel(for: .gelu)
        }
        #expect(try result([out, x, weights.panels, bias], scalar: 2, of: linear) == gelu)
    }

    @Test("are one chain an element for the gradient by the input", arguments: Product.all)
    func inputGradient(size: Product) throws {
        var random = SeededRandom(seed: UInt64(size.rows * 11 + size.inner))
        let dy = Matrix(size.rows, size.outputs, &random)
        let weights = Matrix(size.outputs, size.inner, &random)
        let out = Matrix(size.rows, size.inner, [Float](repeating: .nan, count: size.rows * size.inner))
        let turned = Matrix(size.inner, size.outputs, (0..<(size.inner * size.outputs)).map { _ in .nan }).panels
        let found = try result([out, dy, weights.panels, turned], of: training(\.linear_input_gradient))
        let expected = Matrix.product(size.rows, size.inner, size.outputs) { (dy[$0, $2], weights[$2, $1]) }
        #expect(found == expected.values)
    }

    @Test("are one chain an element for the gradient by the weights", arguments: Product.all)
    func weightGradient(size: Product) throws {
        var random = SeededRandom(seed: UInt64(size.rows * 13 + size.inner))
        let x = Matrix(size.rows, size.inner, &random)
        let dy = Matrix(size.rows, size.outputs, &random)
        let expected = Matrix.product(size.outputs, size.inner, size.rows) { (dy[$2, $0], x[$2, $1]) }.panels
        let out = Matrix(size.outputs, size.inner, [Float](repeating: .nan, count: expected.values.count))
        let found = try result([out, x, dy], of: training(\.linear_weight_gradient))
        #expect(found == expected.values)
    }
}
