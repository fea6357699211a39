import AttarGraph

extension OpSample {
    /// The sample with some of its examples only.
    package func restricted(to examples: Range<Int>) -> OpSample {
        var restricted = batch
        restricted.counts["examples"] = examples.count
        for (name, offsets) in batch.offsets {
            restricted.offsets[name] = offsets[examples.lowerBound...examples.upperBound].map {
                $0 - offsets[examples.lowerBound]
            }
            restricted.counts[name] = offsets[examples.upperBound] - offsets[examples.lowerBound]
        }
        var leaves = leaves
        for node in graph.nodes {
            guard case .input(let name) = node.op, case .batch(let axis) = node.shape.rows else { continue }
            let rows = batch.offsets[axis.name].map { $0[examples.lowerBound]..<$0[examples.upperBound] } ?? examples
            leaves[name] = leaves[name]?.rows(rows)
        }
        return OpSample(
            description: description, graph: graph, leaves: leaves, batch: restricted, differentiable: differentiable)
    }
}

extension Leaf {
    /// Some of the rows.
    package func rows(_ range: Range<Int>) -> Leaf {
        let elements = (range.lowerBound * columns)..<(range.upperBound * columns)
        let part: Content =
            switch content {
            case .floats(let floats): .floats(Array(floats[elements]))
            case .numbers(let numbers): .numbers(Array(numbers[elements]))
            case .codes(let codes, let scales): .codes(Array(codes[elements]), scales: Array(scales[range]))
            case .stored: content
            }
        return Leaf(rows: range.count, columns: columns, part)
    }
}
