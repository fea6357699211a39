import AttarRuntime
import AttarTestSupport
import CAttarTrainingKernels
import Testing

@Suite("Norms, averages, momentum and clipping")
struct UpdateKernelTests {
    private static let widths = [1, 5, 16, 17, 64, 77, 130]

    @Test("squares are summed to the last bits of a double, over any range", arguments: widths)
    func sumSquares(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width))
        let x = random.floats(width, within: 3)
        let cut = random.whole(in: 0...width)
        let found = try onEveryInstructionSet("sum_squares \(width)") { table in
            let sums = [table.sum_squares(x, 0, Int64(cut)), table.sum_squares(x, Int64(cut), Int64(width))]
            return [sums.flatMap { [Float($0), Float(bitPattern: UInt32(truncatingIfNeeded: $0.bitPattern))] }]
        }
        for (range, place) in [(0..<cut, 0), (cut..<width, 2)] {
            let expected = x[range].reduce(0) { $0 + Double($1) * Double($1) }
            #expect((Double(found[0][place]) - expected).magnitude <= Rounding.unit * expected)
        }
    }

    @Test("an average moves by one fused step", arguments: widths)
    func average(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 7)
        let (mean, x) = (random.floats(width, within: 2), random.floats(width, within: 2))
        let decay = Float(0.98)
        let found = try onEveryInstructionSet("average \(width)") { table in
            var mean = mean
            table.average(&mean, x, decay, 0, Int64(width))
            return [mean]
        }
        #expect(found[0] == zip(mean, x).map { ($1 * (1 - decay)).addingProduct($0, decay) })
    }

    private static let sgd = attar_sgd(learning_rate: 0.1, momentum: 0.9, weight_decay: 0.02, gradient_scale: 0.7)

    /// m = momentum m + g, then x -= rate m, after x has decayed.
    private func step(_ x: Float, _ m: Float, _ gradient: Float) -> (x: Float, m: Float) {
        let s = Self.sgd
        let momentum = (gradient * s.gradient_scale).addingProduct(m, s.momentum)
        return ((x * (1 - s.learning_rate * s.weight_decay)).addingProduct(momentum, -s.learning_rate), momentum)
    }

    @Test("gradient descent follows its formula", arguments: widths)
    func descent(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 11)
        let (x, m) = (random.floats(width, within: 2), random.floats(width, within: 1))
        let gradient = random.floats(width, within: 1)
        let cut = random.whole(in: 0...width)
        let found = try onEveryInstructionSet("sgd \(width)") { table in
            var (x, m) = (x, m)
            table.sgd(&x, &m, gradient, 0, Int64(cut), Self.sgd)
            table.sgd(&x, &m, gradient, Int64(cut), Int64(width), Self.sgd)
            return [x, m]
        }
        for index in 0..<width {
            #expect((found[0][index], found[1][index]) == step(x[index], m[index], gradient[index]))
        }
    }

    @Test("gradient descent by rows leaves other rows alone", arguments: widths)
    func rows(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 13)
        let rows: [UInt32] = [5, 0, 2]
        let (x, m) = (random.floats(7 * width, within: 2), random.floats(7 * width, within: 1))
        let gradient = random.floats(rows.count * width, within: 1)
        let found = try onEveryInstructionSet("sgd_rows \(width)") { table in
            var (x, m) = (x, m)
            table.sgd_rows(&x, &m, gradient, rows, 0, 1, Int64(width), Self.sgd)
            table.sgd_rows(&x, &m, gradient, rows, 1, Int64(rows.count), Int64(width), Self.sgd)
            return [x, m]
        }
        for index in x.indices {
            let after = (found[0][index], found[1][index])
            if let place = rows.firstIndex(of: UInt32(index / width)) {
                #expect(after == step(x[index], m[index], gradient[place * width + index % width]))
            } else {
                #expect(after == (x[index], m[index]))
            }
        }
    }

    @Test("a scale does what scaled gradients would", arguments: widths)
    func clipping(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 17)
        let (x, m) = (random.floats(width, within: 2), random.floats(width, within: 0.1))
        let v = random.floats(width, within: 0.01).map(\.magnitude)
        let gradient = random.floats(width, within: 1)
        func update(_ gradient: [Float], scale: Float) throws -> [[Float]] {
            let adamw = attar_adamw(
                learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.1, correction1: 0.271,
                correction2: 0.002997, gradient_scale: scale)
            let adagrad = attar_adagrad(learning_rate: 0.05, epsilon: 1e-6, weight_decay: 0.02, gradient_scale: scale)
            return try onEveryInstructionSet("clipping \(width)") { table in
                var (a, b, c, d, e) = (x, m, v, x, v)
                table.adamw(&a, &b, &c, gradient, 0, Int64(width), adamw)
                table.adagrad_rows(&d, &e, gradient, [0], 0, 1, Int64(width), adagrad)
                return [a, b, c, d, e]
            }
        }
        #expect(try update(gradient, scale: 0.3) == update(gradient.map { $0 * 0.3 }, scale: 1))
    }
}
