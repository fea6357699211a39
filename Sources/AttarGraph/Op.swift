import AttarRuntime

/// What a node computes. The set is closed: shape rule, gradient rule and lowering each switch over all of it.
package enum Op: Hashable, Sendable {
    // Leaves.
    case input(name: String)
    case parameter(name: String)

    // Forward.
    /// (table [v,d], ids [f,1], weights [f,1]) → [parent of f, d]: the weighted sum of table rows.
    case embeddingBag
    /// (x [r,k], weights [n,k] in panels, bias [1,n]) → [r,n]: x · weightsᵀ + bias.
    case linear
    case relu
    case add
    case scale(by: Float)
    /// (x, keys [r,1]) → x with elements dropped at this rate, the others scaled up. Identity outside training:
    /// evaluation graphs leave it out.
    case dropout(rate: Float, salt: UInt32)
    /// Row-wise softmax(x / temperature).
    case softmax(temperature: Float)
    /// (logits [r,c], targets [r,c], weights [r,1]) → [r,1]: weight · cross-entropy of softmax(logits / temperature)
    /// to the targets.
    case softCrossEntropy(temperature: Float)
    /// [r,c] → [1,1].
    case sum

    // Only gradients use these.
    case reluGradient
    case linearInputGradient
    case linearWeightGradient
    case sumRows
    case broadcast(Shape)
    case softCrossEntropyGradient(temperature: Float)
}

extension Op {
    /// The result's shape and type, or what is wrong with the operands.
    package func result(of inputs: [Value]) throws(ShapeProblem) -> (shape: Shape, type: ElementType) {
        func wants(_ count: Int) throws(ShapeProblem) {
            guard inputs.count == count else { throw ShapeProblem("takes \(count) operands") }
        }
        func wants(_ index: Int, _ types: ElementType...) throws(ShapeProblem) {
            guard types.contains(inputs[index].type) else {
                throw ShapeProblem("operand \(index + 1) must be \(types.map { "\($0)" }.joined(separator: " or "))")
            }
        }
        func same(_ a: Int, _ b: Int) throws(ShapeProblem) {
            guard inputs[a].shape == inputs[b].shape else {
                throw ShapeProblem("operands \(a + 1) and \(b + 1) differ in shape")
            }
        }
        func column(_ index: Int, rows: Extent) throws(ShapeProblem) {
            guard inputs[index].shape == Shape(rows, 1) else {
                throw ShapeProblem("operand \(index + 1) must be [\(rows), 1]")
            }
        }
        switch self {
        case .input, .parameter:
            throw ShapeProblem("is a leaf")
        case .embeddingBag:
            try wants(3)
            try wants(0, .float32, .int8Rows, .int4Rows)
            try wants(1, .uint32)
            try wants(2, .float32)
            guard case .batch(let axis) = inputs[1].shape.rows, let parent = axis.parentName else {
                throw ShapeProblem("ids must lie on a batch axis with a parent")
            }
            try column(1, rows: inputs[1].shape.rows)
            try column(2, rows: inputs[1].shape.rows)
            return (Shape(.batch(BatchAxis(parent)), inputs[0].shape.columns), .float32)
        case .linear:
            try wants(3)
            try wants(0, .float32)
            try wants(1, .float32Panels, .int8Panels)
            try wants(2, .float32)
            guard inputs[0].shape.columns == inputs[1].shape.columns else { throw ShapeProblem("inner sizes differ") }
            guard case .fixed(let outputs) = inputs[1].shape.rows, inputs[2].shape == Shape(.fixed(1), outputs) else {
                throw ShapeProblem("the bias must have one column an output")
            }
            return (Shape(inputs[0].shape.rows, outputs), .float32)
        case .relu, .scale, .softmax:
            try wants(1)
            try wants(0, .float32)
            return (inputs[0].shape, .float32)
        case .add, .reluGradient:
            try wants(2)
            try wants(0, .float32)
            try wants(1, .float32)
            try same(0, 1)
            return (inputs[0].shape, .float32)
        case .dropout(let rate, _):
            try wants(2)
            try wants(0, .float32)
            try wants(1, .uint32)
            guard rate >= 0, rate < 1 else { throw ShapeProblem("the rate must be in 0..<1") }
            guard case .batch(let axis) = inputs[0].shape.rows else { throw ShapeProblem("rows must be a batch axis") }
            try column(1, rows: axis.parentName.map { .batch(BatchAxis($0)) } ?? inputs[0].shape.rows)
            guard axis.parentName == nil || inputs[0].shape.columns == 1 else {
                throw ShapeProblem("on a child axis there must be one column")
            }
            return (inputs[0].shape, .float32)
        case .softCrossEntropy:
            try wants(3)
            for index in 0..<3 { try wants(index, .float32) }
            try same(0, 1)
            try column(2, rows: inputs[0].shape.rows)
            return (Shape(inputs[0].shape.rows, 1), .float32)
        case .sum:
            try wants(1)
            try wants(0, .float32)
            return (.scalar, .float32)
        case .linearInputGradient:
            try wants(2)
            try wants(0, .float32)
            try wants(1, .float32Panels)
            guard inputs[1].shape.rows == .fixed(inputs[0].shape.columns) else { throw ShapeProblem("outputs differ") }
            return (Shape(inputs[0].shape.rows, inputs[1].shape.columns), .float32)
        case .linearWeightGradient:
            try wants(2)
            try wants(0, .float32)
            try wants(1, .float32)
            guard inputs[0].shape.rows == inputs[1].shape.rows else { throw ShapeProblem("rows differ") }
            return (Shape(.fixed(inputs[1].shape.columns), inputs[0].shape.columns), .float32Panels)
        case .sumRows:
            try wants(1)
            try wants(0, .float32)
            return (Shape(.fixed(1), inputs[0].shape.columns), .float32)
        case .broadcast(let shape):
            try wants(1)
            try wants(0, .float32)
            guard inputs[0].shape == .scalar else { throw ShapeProblem("the operand must be a scalar") }
            return (shape, .float32)
        case .softCrossEntropyGradient:
            try wants(4)
            for index in 0..<4 { try wants(index, .float32) }
            try same(0, 1)
            try column(2, rows: inputs[0].shape.rows)
            try column(3, rows: inputs[0].shape.rows)
            return (inputs[0].shape, .float32)
        }
    }
}

/// What a shape rule found wrong; the graph adds op, path and shapes.
package struct ShapeProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
