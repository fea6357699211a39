import AttarGraph
import AttarRuntime

/// One operation on concrete operands: the case that checks its value, its gradient and its kernels.
package struct OpSample: Sendable, CustomStringConvertible {
    package let description: String
    /// The operation's result is the output `result`.
    package let graph: Graph
    package let leaves: [String: Leaf]
    package let batch: SampleBatch
    /// Leaves by which the result can be differentiated; empty where the operation has no gradient.
    package let differentiable: [String]

    package init(
        description: String, graph: Graph, leaves: [String: Leaf], batch: SampleBatch, differentiable: [String]
    ) {
        self.description = description
        self.graph = graph
        self.leaves = leaves
        self.batch = batch
        self.differentiable = differentiable
    }

    package var references: [String: ReferenceValue] { leaves.mapValues(\.reference) }
}

/// Sizes of a sample.
package struct SampleSize: Sendable {
    package let rows: Int
    package let columns: Int

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// Around the edges of tiles, panels and lanes.
    package static let all = [0, 1, 3, 7, 64].flatMap { rows in
        [1, 5, 16, 17, 33, 64, 77, 130].map { SampleSize(rows: rows, columns: $0) }
    }

    /// Enough to check a gradient.
    package static let small = [(0, 5), (1, 1), (1, 17), (3, 5), (7, 33), (17, 16), (5, 77)].map(SampleSize.init)
}

/// A graph in the making with the leaves that it reads.
package struct SampleBuilder {
    package var graph = Graph()
    package var leaves: [String: Leaf] = [:]
    package var batch: SampleBatch
    package var random: SeededRandom
    package let examples = Extent.batch(BatchAxis("examples"))
    package let features = Extent.batch(BatchAxis("features", of: "examples"))

    /// A builder for one of several samples of an operation at a size; the salt tells them apart.
    package init(_ size: SampleSize, seed: UInt64, salt: UInt64 = 0) {
        self.init(
            rows: size.rows,
            seed: seed &* 1_000_003 &+ UInt64(size.rows * 1000 + size.columns) &+ salt &* 7919)
    }

    package init(rows: Int, seed: UInt64) {
        random = SeededRandom(seed: seed)
        batch = SampleBatch(counts: ["examples": rows], runKey: random.next())
    }

    /// Random floats, none nearer to zero than a kink can hide.
    package mutating func floats(_ name: String, rows: Extent, columns: Int, within bound: Float = 2) -> Value {
        fill(name, rows: rows, columns: columns) { random in
            let value = random.float(within: bound)
            return value.magnitude < bound / 64 ? value + (value < 0 ? -1 : 1) * bound / 64 : value
        }
        return graph.input(name, rows: rows, columns: columns)
    }

    package mutating func parameter(_ name: String, rows: Int, columns: Int, type: ElementType = .float32) -> Value {
        switch type {
        case .float32, .float32Panels, .uint32:
            fill(name, rows: .fixed(rows), columns: columns) { $0.float(within: 1) }
        case .int8Rows, .int8Panels, .int4Rows:
            let limit = type == .int4Rows ? 7 : 127
            let codes = (0..<(rows * columns)).map { _ in Int8(random.whole(in: -limit...limit)) }
            let scales = (0..<rows).map { _ in random.happens(0.1) ? 0 : random.float(within: 0.01).magnitude }
            leaves[name] = Leaf(rows: rows, columns: columns, .codes(codes, scales: scales))
        }
        return graph.parameter(name, rows: rows, columns: columns, type: type)
    }

    /// Rows that sum to about 1.
    package mutating func targets(_ name: String, rows: Extent, columns: Int) -> Value {
        fill(name, rows: rows, columns: columns) { $0.float(within: 1).magnitude * 2 / Float(columns) }
        return graph.input(name, rows: rows, columns: columns)
    }

    package mutating func keys(_ name: String) -> Value {
        leaves[name] = Leaf(numbers: (0..<count(examples)).map { _ in UInt32(truncatingIfNeeded: random.next()) })
        return graph.input(name, rows: examples, columns: 1, type: .uint32)
    }

    package mutating func numbers(_ name: String, rows: Extent, below bound: Int) -> Value {
        leaves[name] = Leaf(numbers: (0..<count(rows)).map { _ in UInt32(random.below(bound)) })
        return graph.input(name, rows: rows, columns: 1, type: .uint32)
    }

    /// Up to `count` known targets a row, in slots of which some are empty.
    package mutating func sparseTargets(_ count: Int, classes: Int) -> (ids: Value, targets: Value) {
        var (ids, targets): ([UInt32], [Float]) = ([], [])
        for _ in 0..<self.count(examples) {
            let known = Array((0..<classes).shuffled(using: &random).prefix(random.whole(in: 0...count)))
            // Sums on both sides of 1.
            let share = (random.happens(0.2) ? 1.5 : 0.9) / Float(max(known.count, 1))
            for slot in 0..<count {
                // An id beyond the classes marks an empty slot.
                ids.append(slot < known.count ? UInt32(known[slot]) : .max)
                targets.append(slot < known.count ? share * (0.5 + Float(random.unit()) / 2) : 0)
            }
        }
        let rows = self.count(examples)
        leaves["ids"] = Leaf(rows: rows, columns: count, .numbers(ids))
        leaves["targets"] = Leaf(rows: rows, columns: count, floats: targets)
        return (
            graph.input("ids", rows: examples, columns: count, type: .uint32),
            graph.input("targets", rows: examples, columns: count)
        )
    }

    /// Divides a child axis among the examples; some have no features.
    package mutating func divideFeatures(longest: Int) { divide("features", longest: longest) }

    mutating func divide(_ axis: String, longest: Int) {
        var offsets = [0]
        for _ in 0..<count(examples) {
            offsets.append(offsets[offsets.count - 1] + (random.happens(0.25) ? 0 : random.whole(in: 0...longest)))
        }
        batch.offsets[axis] = offsets
        batch.counts[axis] = offsets[offsets.count - 1]
    }

    package func count(_ extent: Extent) -> Int {
        switch extent {
        case .fixed(let count): count
        case .batch(let axis): batch.counts[axis.name] ?? 0
        }
    }

    private mutating func fill(_ name: String, rows: Extent, columns: Int, _ draw: (inout SeededRandom) -> Float) {
        let rows = count(rows)
        leaves[name] = Leaf(rows: rows, columns: columns, floats: (0..<(rows * columns)).map { _ in draw(&random) })
    }

    package mutating func finish(
        _ description: String, _ op: Op, _ operands: [Value], by differentiable: [String] = []
    ) -> OpSample {
        graph.output("result", graph.apply(op, operands))
        return OpSample(
            description: description, graph: graph, leaves: leaves, batch: batch, differentiable: differentiable)
    }
}
