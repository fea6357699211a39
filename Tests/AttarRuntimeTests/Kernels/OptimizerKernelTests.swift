import AttarRuntime
import AttarTestSupport
import CAttarTrainingKernels
import Testing

@Suite("Sums between shards and optimizer kernels")
struct OptimizerKernelTests {
    private static let widths = [1, 5, 16, 17, 64, 77, 130]

    @Test("shards are added in their order, whoever adds which part", arguments: [1, 2, 3, 7])
    func sumShards(shards: Int) throws {
        for width in Self.widths {
            var random = SeededRandom(seed: UInt64(shards * 1000 + width))
            let parts = (0..<shards).map { _ in random.floats(width, within: 3) }
            let expected = (0..<width).map { index in parts.dropFirst().reduce(parts[0][index]) { $0 + $1[index] } }
            let cut = random.whole(in: 0...width)
            let found = try onEveryInstructionSet("sum_shards \(width)") { table in
                var sum = [Float](repeating: .nan, count: width)
                let memory = parts.map { part in
                    let pointer = UnsafeMutablePointer<Float>.allocate(capacity: width)
                    pointer.initialize(from: part, count: width)
                    return pointer
                }
                defer { for pointer in memory { pointer.deallocate() } }
                let pointers = memory.map { UnsafePointer($0) as UnsafePointer<Float>? }
                table.sum_shards(&sum, pointers, Int64(shards), 0, Int64(cut))
                table.sum_shards(&sum, pointers, Int64(shards), Int64(cut), Int64(width))
                return [sum]
            }
            #expect(found[0] == expected)
        }
    }

    @Test("uses of a row are one chain a shard, shards in their order", arguments: widths)
    func sumRowUses(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width))
        let sourceRows = 9
        let sources = random.floats(sourceRows * width, within: 2)
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: sources.count)
        memory.initialize(from: sources, count: sources.count)
        defer { memory.deallocate() }
        var uses: [(row: Int, weight: Float, shard: UInt32)] = []
        var first: [UInt32] = [0]
        for _ in 0..<13 {
            var shard: UInt32 = 0
            for _ in 0..<random.whole(in: 1...8) {
                shard += random.happens(0.4) ? 1 : 0
                uses.append((random.below(sourceRows), random.float(within: 1), shard))
            }
            first.append(UInt32(uses.count))
        }
        let rows = first.count - 1
        var expected: [Float] = []
        for row in 0..<rows {
            for column in 0..<width {
                let own = uses[Int(first[row])..<Int(first[row + 1])]
                var total = Float(0)
                for shard in Set(own.map(\.shard)).sorted() {
                    total += own.filter { $0.shard == shard }.reduce(Float(0)) {
                        $0.addingProduct($1.weight, sources[$1.row * width + column])
                    }
                }
                expected.append(total)
            }
        }
        let found = try onEveryInstructionSet("sum_row_uses \(width)") { table in
            var gradient = [Float](repeating: .nan, count: rows * width)
            let list = uses.map { attar_row_use(source: memory + $0.row * width, weight: $0.weight, shard: $0.shard) }
            table.sum_row_uses(&gradient, list, first, 0, 6, Int64(width))
            table.sum_row_uses(&gradient, list, first, 6, Int64(rows), Int64(width))
            return [gradient]
        }
        #expect(found[0] == expected)
    }

    private static let settings = attar_adamw(
        learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.1, correction1: 0.271,
        correction2: 0.002997, gradient_scale: 1)

    @Test("AdamW follows its formula within rounding", arguments: widths)
    func adamw(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 50)
        let (x, m) = (random.floats(width, within: 2), random.floats(width, within: 0.1))
        let v = random.floats(width, within: 0.01).map(\.magnitude)
        let gradient = random.floats(width, within: 1).map { random.happens(0.1) ? 0 : $0 }
        let found = try onEveryInstructionSet("adamw \(width)") { table in
            var (x, m, v) = (x, m, v)
            table.adamw(&x, &m, &v, gradient, 0, Int64(width), Self.settings)
            return [x, m, v]
        }
        for index in 0..<width {
            expectAdamW(
                x[index], m[index], v[index], gradient[index], (found[0][index], found[1][index], found[2][index]))
        }
    }

    @Test("row updates follow the formula and leave other rows alone", arguments: widths)
    func adamwRows(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 90)
        let rows: [UInt32] = [6, 0, 3, 9]
        let count = 11 * width
        let (x, m) = (random.floats(count, within: 2), random.floats(count, within: 0.1))
        let v = random.floats(count, within: 0.01).map(\.magnitude)
        let gradient = random.floats(rows.count * width, within: 1)
        let found = try onEveryInstructionSet("adamw_rows \(width)") { table in
            var (x, m, v) = (x, m, v)
            table.adamw_rows(&x, &m, &v, gradient, rows, 0, 1, Int64(width), Self.settings)
            table.adamw_rows(&x, &m, &v, gradient, rows, 1, Int64(rows.count), Int64(width), Self.settings)
            return [x, m, v]
        }
        for index in 0..<count {
            let after = (found[0][index], found[1][index], found[2][index])
            if let place = rows.firstIndex(of: UInt32(index / width)) {
                expectAdamW(x[index], m[index], v[index], gradient[place * width + index % width], after)
            } else {
                #expect(after == (x[index], m[index], v[index]))
            }
        }
    }

    /// Loshchilov & Hutter 2019, algorithm 2, in double precision.
    private func expectAdamW(
        _ x: Float, _ m: Float, _ v: Float, _ gradient: Float, _ found: (x: Float, m: Float, v: Float)
    ) {
        let s = Self.settings
        let (beta1, beta2, rate, g) = (Double(s.beta1), Double(s.beta2), Double(s.learning_rate), Double(gradient))
        let first = beta1 * Double(m) + (1 - beta1) * g
        let second = beta2 * Double(v) + (1 - beta2) * g * g
        let root = (second / Double(s.correction2)).squareRoot() + Double(s.epsilon)
        let step = rate / Double(s.correction1) / root
        let value = Double(x) * (1 - rate * Double(s.weight_decay)) - step * first
        let firstError = 4 * Rounding.unit * (beta1 * Double(m.magnitude) + (1 - beta1) * g.magnitude)
        #expect((Double(found.m) - first).magnitude <= firstError)
        #expect((Double(found.v) - second).magnitude <= 4 * Rounding.unit * second + Rounding.smallest)
        let bound = 4 * Rounding.unit * Double(x.magnitude) + step * (firstError + 8 * Rounding.unit * first.magnitude)
        #expect((Double(found.x) - value).magnitude <= bound)
    }

    @Test("Adagrad follows its formula within rounding", arguments: widths)
    func adagradRows(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) &+ 130)
        let rows: [UInt32] = [4, 1]
        let settings = attar_adagrad(learning_rate: 0.05, epsilon: 1e-6, weight_decay: 0.02, gradient_scale: 1)
        let x = random.floats(6 * width, within: 1)
        let squares = random.floats(6 * width, within: 1).map { random.happens(0.2) ? 0 : $0.magnitude }
        let gradient = random.floats(rows.count * width, within: 1).map { random.happens(0.2) ? 0 : $0 }
        let found = try onEveryInstructionSet("adagrad_rows \(width)") { table in
            var (x, squares) = (x, squares)
            table.adagrad_rows(&x, &squares, gradient, rows, 0, Int64(rows.count), Int64(width), settings)
            return [x, squares]
        }
        let rate = Double(settings.learning_rate)
        for index in x.indices {
            guard let place = rows.firstIndex(of: UInt32(index / width)) else {
                #expect(found[0][index] == x[index] && found[1][index] == squares[index])
                continue
            }
            let g = Double(gradient[place * width + index % width])
            let sum = Double(squares[index]) + g * g
            let step = rate * g / (sum.squareRoot() + Double(settings.epsilon))
            let value = Double(x[index]) * (1 - rate * Double(settings.weight_decay)) - step
            #expect((Double(found[1][index]) - sum).magnitude <= Rounding.unit * sum)
            let bound = 4 * Rounding.unit * Double(x[index].magnitude) + 8 * Rounding.unit * step.magnitude
            #expect((Double(found[0][index]) - value).magnitude <= bound)
        }
    }
}
