import AttarStudents
import AttarTraining

/// Numbers that are a function of a seed and their order.
struct RandomNumbers {
    private var key: UInt64

    init(seed: UInt64) { key = CounterBasedGenerator.mix(seed) }

    /// In 0..<bound.
    mutating func below(_ bound: Int) -> Int {
        key &+= 1
        return Int(CounterBasedGenerator.mix(key).multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// In -1..<1.
    mutating func float() -> Float { Float(below(1 << 24)) * 0x1p-23 - 1 }

    /// `rows` rows of positive numbers that sum to 1, some much larger than others.
    mutating func probabilities(rows: Int, classes: Int) -> [Float] {
        (0..<rows).flatMap { _ in
            let cubes = (0..<classes).map { _ in
                let x = float() + 1.0625
                return x * x * x
            }
            let sum = cubes.reduce(0, +)
            return cubes.map { $0 / sum }
        }
    }
}

/// 64-byte aligned numbers in -1..<1.
final class RandomMatrix {
    let rows, columns: Int
    let memory: UnsafeMutableRawPointer

    /// - Parameter paddedRows: rows that there is memory for.
    init(rows: Int, columns: Int, paddedRows: Int? = nil, random: inout RandomNumbers) {
        self.rows = rows
        self.columns = columns
        let count = (paddedRows ?? rows) * columns
        memory = .allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
        let floats = memory.bindMemory(to: Float.self, capacity: count)
        for index in 0..<count { floats[index] = random.float() }
    }

    deinit { memory.deallocate() }
}
