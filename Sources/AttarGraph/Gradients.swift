import AttarRuntime

/// The gradient of a parameter.
package enum Gradient: Hashable, Sendable {
    case dense(Value)
    /// Of a table lookup: row `ids[f]` gets `weights[f] * source[example of f]`, summed over f. Never materialised a
    /// feature.
    case sparse([TableUse])

    package struct TableUse: Hashable, Sendable {
        package let ids: Value
        package let weights: Value
        package let source: Value
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

        var cotangents: [Int: Gradient] = [:]
        if active.contains(loss.node) {
            let one = input("one", rows: .fixed(1), columns: 1)
            cotangents[loss.node] = .dense(one)
        }
        for index in (0...loss.node).reversed() where active.contains(index) {
            guard case .dense(let dy)? = cotangents[index] else { continue }
            let node = nodes[index]
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
        of node: Node, at result: Value, cotangent dy: Value, active: Set<Int>
    ) throws(GraphError) -> [(operand: Int, Gradient)] {
        let x = node.inputs.map(value)
        switch node.op {
        case .input, .parameter:
            return []
        case .embeddingBag:
            if active.contains(x[2].node) {
                throw .noGradient(op: "embeddingBag", reason: "its feature weights are data, not parameters")
            }
            return [(0, .sparse([.init(ids: x[1], weights: x[2], source: dy)]))]
        case .linear:
            var parts: [(operand: Int, Gradient)] = []
            if active.contains(x[0].node) { parts.append((0, .dense(apply(.linearInputGradient, dy, x[1])))) }
            parts.append((1, .dense(apply(.linearWeightGradient, x[0], dy))))
            parts.append((2, .dense(apply(.sumRows, dy))))
            return parts
        case .relu:
            return [(0, .dense(apply(.reluGradient, x[0], dy)))]
        case .add:
            return [(0, .dense(dy)), (1, .dense(dy))]
        case .scale(let factor):
            return [(0, .dense(apply(.scale(by: factor), dy)))]
        case .dropout(let rate, let salt):
            return [(0, .dense(apply(.dropout(rate: rate, salt: salt), dy, x[1])))]
        case .softCrossEntropy(let temperature):
            if active.contains(x[1].node) || active.contains(x[2].node) {
                throw .noGradient(op: "softCrossEntropy", reason: "its targets and weights are data, not parameters")
            }
            return [(0, .dense(apply(.softCrossEntropyGradient(temperature: temperature), x[0], x[1], x[2], dy)))]
        case .sum:
            return [(0, .dense(apply(.broadcast(x[0].shape), dy)))]
        case .softmax:
            throw .noGradient(op: "softmax", reason: "it makes probabilities for the reader; losses take logits")
        case .reluGradient, .linearInputGradient, .linearWeightGradient, .sumRows, .broadcast,
            .softCrossEntropyGradient:
            throw .noGradient(op: "\(node.op)", reason: "second derivatives are not offered")
        }
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
