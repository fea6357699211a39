import AttarGraph
import AttarRuntime

/// Computes a graph node by node in double precision, as plainly as it can be written: what kernels, lowering, memory plan
/// and gradients are held against.
package struct ReferenceInterpreter {
    package let graph: Graph
    package let batch: SampleBatch

    package init(_ graph: Graph, batch: SampleBatch) {
        self.graph = graph
        self.batch = batch
    }

    /// The value of every node, given the leaves by name.
    package func evaluate(_ leaves: [String: ReferenceValue]) -> [ReferenceValue] {
        var values: [ReferenceValue] = []
        for node in graph.nodes { values.append(evaluate(node, node.inputs.map { values[$0] }, leaves)) }
        return values
    }

    /// The output of that name.
    package func output(_ name: String, of leaves: [String: ReferenceValue]) -> ReferenceValue? {
        graph.outputs.first { $0.name == name }.map { evaluate(leaves)[$0.value.node] }
    }

    package func rows(_ extent: Extent) -> Int {
        switch extent {
        case .fixed(let count): count
        case .batch(let axis): batch.counts[axis.name] ?? 0
        }
    }

    private func evaluate(
        _ node: Graph.Node, _ x: [ReferenceValue], _ leaves: [String: ReferenceValue]
    ) -> ReferenceValue {
        switch node.op {
        case .input(let name), .parameter(let name):
            guard let leaf = leaves[name] else { preconditionFailure("the sample lacks the leaf \(name)") }
            return leaf
        case .embeddingBag:
            return embeddingBag(x[0], ids: x[1], weights: x[2], offsets: offsets(of: node.inputs[1]))
        case .embedding: return embedding(x[0], ids: x[1])
        case .addPositions: return addPositions(x[0], x[1], offsets: offsets(of: node.inputs[0]))
        case .linear: return linear(activations(of: node, x[0]), weights: x[1], bias: x[2])
        case .fusedLinear(let activation, let addsResidual):
            let product = linear(activations(of: node, x[0]), weights: x[1], bias: x[2])
            let activated =
                switch activation {
                case .none: product
                case .relu: relu(product)
                case .gelu: gelu(product)
                }
            return addsResidual ? add(activated, x[3]) : activated
        case .relu: return relu(x[0])
        case .gelu: return gelu(x[0])
        case .add: return add(x[0], x[1])
        case .scale(let factor): return scale(x[0], by: factor)
        case .dropout(let rate, let salt):
            return dropout(x[0], keys: x[1], rate: rate, salt: salt, offsets: childOffsets(of: node.inputs[0]))
        case .layerNorm(let epsilon): return layerNorm(x[0], gain: x[1], bias: x[2], epsilon: epsilon)
        case .segmentAttention(let heads):
            return segmentAttention(x[0], heads: heads, offsets: offsets(of: node.inputs[0]))
        case .meanPool: return meanPool(x[0], offsets: offsets(of: node.inputs[0]))
        case .firstPool: return firstPool(x[0], offsets: offsets(of: node.inputs[0]))
        case .softmax(let temperature): return softmax(x[0], temperature: temperature)
        case .softCrossEntropy(let temperature):
            return softCrossEntropy(x[0], targets: x[1], weights: x[2], temperature: temperature)
        case .sparseCrossEntropy(let temperature):
            return sparseCrossEntropy(x[0], ids: x[1], targets: x[2], weights: x[3], temperature: temperature)
        case .sum: return sum(x[0])
        case .reluGradient: return reluGradient(x[0], cotangent: x[1])
        case .geluGradient: return geluGradient(x[0], cotangent: x[1])
        case .linearInputGradient: return linearInputGradient(x[0], weights: x[1])
        case .linearWeightGradient: return linearWeightGradient(x[0], cotangent: x[1])
        case .sumRows: return sumRows(x[0])
        case .broadcast(let shape): return broadcast(x[0], rows: rows(shape.rows), columns: shape.columns)
        case .layerNormInputGradient(let epsilon):
            return layerNormInputGradient(x[0], gain: x[1], cotangent: x[2], epsilon: epsilon)
        case .layerNormGainGradient(let epsilon):
            return layerNormGainGradient(x[0], cotangent: x[1], epsilon: epsilon)
        case .segmentAttentionGradient(let heads):
            return segmentAttentionGradient(
                x[0], cotangent: x[1], heads: heads, offsets: offsets(of: node.inputs[0]))
        case .meanPoolGradient(let axis): return meanPoolGradient(x[0], offsets: offsets(of: axis))
        case .firstPoolGradient(let axis): return firstPoolGradient(x[0], offsets: offsets(of: axis))
        case .positionGradient(let positions):
            return positionGradient(x[0], positions: positions, offsets: offsets(of: node.inputs[0]))
        case .softCrossEntropyGradient(let temperature):
            return softCrossEntropyGradient(
                x[0], targets: x[1], weights: x[2], cotangent: x[3], temperature: temperature)
        case .sparseCrossEntropyGradient(let temperature):
            return sparseCrossEntropyGradient(
                x[0], ids: x[1], targets: x[2], weights: x[3], cotangent: x[4], temperature: temperature)
        }
    }

    /// What a linear layer multiplies with its weights: integers, a scale a row, if these are integers.
    private func activations(of node: Graph.Node, _ x: ReferenceValue) -> ReferenceValue {
        graph.nodes[node.inputs[1]].type == .int8Panels ? quantizedRows(x) : x
    }

    private func offsets(of axis: BatchAxis) -> [Int] {
        guard let offsets = batch.offsets[axis.name] else { preconditionFailure("the sample lacks \(axis.name)") }
        return offsets
    }

    private func offsets(of node: Int) -> [Int] {
        guard let offsets = childOffsets(of: node) else { preconditionFailure("node \(node) is not on a child axis") }
        return offsets
    }

    /// The offsets that divide a node's rows among the parent axis; nil where its axis has no parent.
    private func childOffsets(of node: Int) -> [Int]? {
        guard case .batch(let axis) = graph.nodes[node].shape.rows, axis.parentName != nil else { return nil }
        return batch.offsets[axis.name]
    }
}
