import AttarRuntime

/// The gradient of a parameter.
package enum Gradient: Hashable, Sendable {
    case dense(Value)
    /// Of table lookups: each adds its weight times its row of `source` to the table's row `ids[f]`. Never
    /// materialised a feature.
    case sparse([TableUse])

    package struct TableUse: Hashable, Sendable {
        package let ids: Value
        /// One a lookup; nil where each weighs 1.
        package let weights: Value?
        package let source: Value
        package let sourceRows: SourceRows
    }

    /// Where the source has the row of lookup f.
    package enum SourceRows: Hashable, Sendable {
        /// In the row of the element of the parent axis to which f belongs.
        case parents
        /// In row f.
        case own
    }
}

extension Graph {
    /// Adds the nodes that compute d loss / d parameter for each parameter, in the given order; nil where the loss
    /// does not depend on it.
    package mutating func addGradients(of loss: Value, for parameters: [Value]) throws(GraphError) -> [Gradient?] {
        try verify()
        guard loss.shape == .scalar else {
            throw .shape(op: "gradient", path: path, problem: "needs a scalar loss", operands: "\(loss.shape)")
        }
        var active = Set(parameters.map(\.node))
        for index in nodes.indices where nodes[index].inputs.contains(where: active.contains) { active.insert(index) }

        let outer = path
        defer { path = outer }
        var cotangents: [Int: Gradient] = [:]
        if active.contains(loss.node) {
            let one = input("one", rows: .fixed(1), columns: 1)
            cotangents[loss.node] = .dense(one)
        }
        for index in (0...loss.node).reversed() where active.contains(index) {
            guard case .dense(let dy)? = cotangents[index] else { continue }
            let node = nodes[index]
            path = paths[index] + ".gradient"
            for (operand, part) in try gradients(of: node, at: value(index), cotangent: dy, active: active) {
                let target = node.inputs[operand]
                guard active.contains(target) else { continue }
                cotangents[target] = try summed(cotangents[target], part)
            }
        }
        try verify()
        return parameters.map { cotangents[$0.node] }
    }

    /// The cotangents that a node hands to its operands. One exhaustive table.
    private mutating func gradients(
        of node: Node, at y: Value, cotangent dy: Value, active: Set<Int>
    ) throws(GraphError) -> [(operand: Int, Gradient)] {
        let x = node.inputs.map(value)
        func data(_ operands: Int..., of op: String, _ names: String) throws(GraphError) {
            for operand in operands where active.contains(x[operand].node) {
                throw .noGradient(op: op, reason: "\(names) are data, not parameters")
            }
        }
        switch node.op {
        case .input, .parameter:
            return []
        case .embeddingBag:
            try data(2, of: "embeddingBag", "its feature weights")
            return [(0, .sparse([.init(ids: x[1], weights: x[2], source: dy, sourceRows: .parents)]))]
        case .embedding:
            return [(0, .sparse([.init(ids: x[1], weights: nil, source: dy, sourceRows: .own)]))]
        case .addPositions:
            let positions = try fixedRows(of: x[1])
            return [(0, .dense(dy)), (1, .dense(apply(.positionGradient(positions: positions), dy)))]
        case .linear:
            var parts: [(operand: Int, Gradient)] = []
            if active.contains(x[0].node) { parts.append((0, .dense(apply(.linearInputGradient, dy, x[1])))) }
            parts.append((1, .dense(apply(.linearWeightGradient, x[0], dy))))
            parts.append((2, .dense(apply(.sumRows, dy))))
            return parts
        case .relu:
            // y > 0 just where x > 0, so x need not stay alive.
            return [(0, .dense(apply(.reluGradient, y, dy)))]
        case .gelu:
            return [(0, .dense(apply(.geluGradient, x[0], dy)))]
        case .add:
            return [(0, .dense(dy)), (1, .dense(dy))]
        case .scale(let factor):
            return [(0, .dense(apply(.scale(by: factor), dy)))]
        case .dropout(let rate, let salt):
            return [(0, .dense(apply(.dropout(rate: rate, salt: salt), dy, x[1])))]
        case .layerNorm(let epsilon):
            return [
                (0, .dense(apply(.layerNormInputGradient(epsilon: epsilon), x[0], x[1], dy))),
                (1, .dense(apply(.layerNormGainGradient(epsilon: epsilon), x[0], dy))),
                (2, .dense(apply(.sumRows, dy))),
            ]
        case .segmentAttention(let heads):
            return [(0, .dense(apply(.segmentAttentionGradient(heads: heads), x[0], dy)))]
        case .meanPool:
            return [(0, .dense(apply(.meanPoolGradient(try axis(of: x[0])), dy)))]
        case .firstPool:
            return [(0, .dense(apply(.firstPoolGradient(try axis(of: x[0])), dy)))]
        case .softCrossEntropy(let temperature):
            try data(1, 2, of: "softCrossEntropy", "its targets and weights")
            return [(0, .dense(apply(.softCrossEntropyGradient(temperature: temperature), x + [dy])))]
        case .sparseCrossEntropy(let temperature):
            try data(2, 3, of: "sparseCrossEntropy", "its targets and weights")
            return [(0, .dense(apply(.sparseCrossEntropyGradient(temperature: temperature), x + [dy])))]
        case .sum:
            return [(0, .dense(apply(.broadcast(x[0].shape), dy)))]
        case .softmax:
            throw .noGradient(op: "softmax", reason: "it makes probabilities for the reader; losses take logits")
        case .fusedLinear:
            throw .noGradient(op: "fusedLinear", reason: "passes make it, after gradients are taken")
        case .reluGradient, .geluGradient, .linearInputGradient, .linearWeightGradient, .sumRows, .broadcast,
            .layerNormInputGradient, .layerNormGainGradient, .segmentAttentionGradient, .meanPoolGradient,
            .firstPoolGradient, .positionGradient, .softCrossEntropyGradient, .sparseCrossEntropyGradient:
            throw .noGradient(op: "\(node.op)", reason: "second derivatives are not offered")
        }
    }

    private func fixedRows(of value: Value) throws(GraphError) -> Int {
        guard case .fixed(let rows) = value.shape.rows else {
            throw .noGradient(op: "%\(value.node)", reason: "its rows are not fixed")
        }
        return rows
    }

    private func axis(of value: Value) throws(GraphError) -> BatchAxis {
        guard case .batch(let axis) = value.shape.rows else {
            throw .noGradient(op: "%\(value.node)", reason: "its rows are no batch axis")
        }
        return axis
    }

    private mutating func summed(_ a: Gradient?, _ b: Gradient) throws(GraphError) -> Gradient {
        switch (a, b) {
        case (nil, _): return b
        case (.dense(let a)?, .dense(let b)): return .dense(apply(.add, a, b))
        case (.sparse(let a)?, .sparse(let b)): return .sparse(a + b)
        case (.dense?, .sparse), (.sparse?, .dense):
            throw .noGradient(op: "a parameter", reason: "it is used as a table and as a matrix in one graph")
        }
    }
}
