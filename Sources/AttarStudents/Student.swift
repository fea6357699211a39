import AttarGraph
import AttarRuntime

/// A family of small models: a composition of graph values from typed inputs to logits.
package protocol Student: Sendable {
    /// Parameters in the order in which they are drawn and stored.
    var parameters: [ParameterDeclaration] { get }

    /// Adds the student to a graph and gives its logits `[examples, classes]`. `training` adds dropout.
    func logits(in graph: inout Graph, training: Bool) -> Value
}

/// A trainable array of a student.
package struct ParameterDeclaration: Sendable, Equatable {
    package let name: String
    package let rows: Int
    package let columns: Int
    package let type: ElementType
    package let initializer: Initializer
    /// Whether weight decay applies; biases and the gains of norms are left alone.
    package let decays: Bool

    package init(
        _ name: String, rows: Int, columns: Int, type: ElementType = .float32, initializer: Initializer, decays: Bool
    ) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.type = type
        self.initializer = initializer
        self.decays = decays
    }
}

package enum Initializer: Sendable, Equatable {
    case zeros
    case ones
    /// Uniform in -bound ..< bound.
    case uniform(bound: Float)

    /// `rows * columns` values in row-major order; each depends only on seed, name and position.
    package func values(rows: Int, columns: Int, name: String, seed: UInt64) -> [Float] {
        switch self {
        case .zeros:
            return [Float](repeating: 0, count: rows * columns)
        case .ones:
            return [Float](repeating: 1, count: rows * columns)
        case .uniform(let bound):
            let key = name.utf8.reduce(CounterBasedGenerator.mix(seed)) { CounterBasedGenerator.mix($0 ^ UInt64($1)) }
            return (0..<(rows * columns)).map { position in
                let unit = Float(CounterBasedGenerator.mix(key &+ UInt64(position)) >> 40) * 0x1p-24
                return (unit * 2 - 1) * bound
            }
        }
    }
}

/// Random numbers that are a function of a key: no state, so no order to keep.
package enum CounterBasedGenerator {
    /// The finalizer of SplitMix64 (Steele et al. 2014) over a Weyl step.
    package static func mix(_ key: UInt64) -> UInt64 {
        var x = key &+ 0x9E37_79B9_7F4A_7C15
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }
}
