import AttarRuntime

extension Op {
    /// The result's shape and type, or what is wrong with the operands.
    package func result(of inputs: [Value]) throws(ShapeProblem) -> (shape: Shape, type: ElementType) {
        let rule = ShapeRule(inputs)
        let x = inputs.map(\.shape)
        switch self {
        case .input, .parameter:
            throw ShapeProblem("is a leaf")
        case .embeddingBag:
            try rule.takes(.tables, .numbers, .floats)
            let parent = try rule.parent(of: 1)
            try rule.shape(1, Shape(x[1].rows, 1))
            try rule.shape(2, Shape(x[1].rows, 1))
            return (Shape(parent, x[0].columns), .float32)
        case .embedding:
            try rule.takes(.tables, .numbers)
            try rule.shape(1, Shape(x[1].rows, 1))
            return (Shape(x[1].rows, x[0].columns), .float32)
        case .addPositions:
            try rule.takes(.floats, .floats)
            _ = try rule.parent(of: 0)
            _ = try rule.fixedRows(of: 1)
            guard x[0].columns == x[1].columns else { throw ShapeProblem("columns differ") }
            return (x[0], .float32)
        case .linear:
            try rule.takes(.floats, .panels, .floats)
            return (try rule.linear(), .float32)
        case .fusedLinear(_, addsResidual: false):
            try rule.takes(.floats, .panels, .floats)
            return (try rule.linear(), .float32)
        case .fusedLinear(_, addsResidual: true):
            try rule.takes(.floats, .panels, .floats, .floats)
            let result = try rule.linear()
            try rule.shape(3, result)
            return (result, .float32)
        case .relu, .gelu, .scale, .softmax:
            try rule.takes(.floats)
            return (x[0], .float32)
        case .add, .reluGradient, .geluGradient:
            try rule.takes(.floats, .floats)
            try rule.same(0, 1)
            return (x[0], .float32)
        case .dropout(let rate, _):
            try rule.takes(.floats, .numbers)
            guard rate >= 0, rate < 1 else { throw ShapeProblem("the rate must be in 0..<1") }
            guard case .batch(let axis) = x[0].rows else { throw ShapeProblem("rows must be a batch axis") }
            try rule.shape(1, Shape(axis.parentName.map { .batch(BatchAxis($0)) } ?? x[0].rows, 1))
            return (x[0], .float32)
        case .layerNorm(let epsilon):
            try rule.takes(.floats, .floats, .floats)
            try Self.check(epsilon: epsilon)
            try rule.shape(1, Shape(.fixed(1), x[0].columns))
            try rule.shape(2, Shape(.fixed(1), x[0].columns))
            return (x[0], .float32)
        case .segmentAttention(let heads):
            try rule.takes(.floats)
            return (Shape(x[0].rows, try rule.attentionWidth(heads: heads)), .float32)
        case .meanPool, .firstPool:
            try rule.takes(.floats)
            return (Shape(try rule.parent(of: 0), x[0].columns), .float32)
        case .softCrossEntropy:
            try rule.takes(.floats, .floats, .floats)
            try rule.same(0, 1)
            try rule.shape(2, Shape(x[0].rows, 1))
            return (Shape(x[0].rows, 1), .float32)
        case .sparseCrossEntropy:
            try rule.takes(.floats, .numbers, .floats, .floats)
            try rule.sparseTargets()
            return (Shape(x[0].rows, 1), .float32)
        case .sum:
            try rule.takes(.floats)
            return (.scalar, .float32)
        case .linearInputGradient:
            try rule.takes(.floats, [.float32Panels])
            guard x[1].rows == .fixed(x[0].columns) else { throw ShapeProblem("outputs differ") }
            return (Shape(x[0].rows, x[1].columns), .float32)
        case .linearWeightGradient:
            try rule.takes(.floats, .floats)
            guard x[0].rows == x[1].rows else { throw ShapeProblem("rows differ") }
            return (Shape(.fixed(x[1].columns), x[0].columns), .float32Panels)
        case .sumRows:
            try rule.takes(.floats)
            return (Shape(.fixed(1), x[0].columns), .float32)
        case .broadcast(let shape):
            try rule.takes(.floats)
            guard x[0] == .scalar else { throw ShapeProblem("the operand must be a scalar") }
            return (shape, .float32)
        case .layerNormInputGradient(let epsilon):
            try rule.takes(.floats, .floats, .floats)
            try Self.check(epsilon: epsilon)
            try rule.shape(1, Shape(.fixed(1), x[0].columns))
            try rule.same(0, 2)
            return (x[0], .float32)
        case .layerNormGainGradient(let epsilon):
            try rule.takes(.floats, .floats)
            try Self.check(epsilon: epsilon)
            try rule.same(0, 1)
            return (Shape(.fixed(1), x[0].columns), .float32)
        case .segmentAttentionGradient(let heads):
            try rule.takes(.floats, .floats)
            try rule.shape(1, Shape(x[0].rows, try rule.attentionWidth(heads: heads)))
            return (x[0], .float32)
        case .meanPoolGradient(let axis), .firstPoolGradient(let axis):
            try rule.takes(.floats)
            guard let parent = axis.parentName, x[0].rows == .batch(BatchAxis(parent)) else {
                throw ShapeProblem("rows must be the parent of \(axis.name)")
            }
            return (Shape(.batch(axis), x[0].columns), .float32)
        case .positionGradient(let positions):
            try rule.takes(.floats)
            _ = try rule.parent(of: 0)
            return (Shape(.fixed(positions), x[0].columns), .float32)
        case .softCrossEntropyGradient:
            try rule.takes(.floats, .floats, .floats, .floats)
            try rule.same(0, 1)
            try rule.shape(2, Shape(x[0].rows, 1))
            try rule.shape(3, Shape(x[0].rows, 1))
            return (x[0], .float32)
        case .sparseCrossEntropyGradient:
            try rule.takes(.floats, .numbers, .floats, .floats, .floats)
            try rule.sparseTargets()
            try rule.shape(4, Shape(x[0].rows, 1))
            return (x[0], .float32)
        }
    }

    private static func check(epsilon: Float) throws(ShapeProblem) {
        guard epsilon > 0, epsilon.isFinite else { throw ShapeProblem("epsilon must be positive") }
    }
}

/// What a shape rule found wrong; the graph adds op, path and shapes.
package struct ShapeProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// What shape rules ask of operands. Operands are counted from 0 here and from 1 in messages.
private struct ShapeRule {
    let operands: [Value]

    init(_ operands: [Value]) { self.operands = operands }

    func takes(_ types: [ElementType]...) throws(ShapeProblem) {
        guard operands.count == types.count else {
            throw ShapeProblem("takes \(types.count) operands and got \(operands.count)")
        }
        for (index, allowed) in types.enumerated() where !allowed.contains(operands[index].type) {
            throw ShapeProblem("operand \(index + 1) must be \(allowed.map { "\($0)" }.joined(separator: " or "))")
        }
    }

    func shape(_ index: Int, _ expected: Shape) throws(ShapeProblem) {
        guard operands[index].shape == expected else { throw ShapeProblem("operand \(index + 1) must be \(expected)") }
    }

    func same(_ a: Int, _ b: Int) throws(ShapeProblem) {
        guard operands[a].shape == operands[b].shape else {
            throw ShapeProblem("operands \(a + 1) and \(b + 1) differ in shape")
        }
    }

    /// The rows of the axis whose elements an operand's rows are divided among.
    func parent(of index: Int) throws(ShapeProblem) -> Extent {
        guard case .batch(let axis) = operands[index].shape.rows, let parent = axis.parentName else {
            throw ShapeProblem("operand \(index + 1) must lie on a batch axis with a parent")
        }
        return .batch(BatchAxis(parent))
    }

    func fixedRows(of index: Int) throws(ShapeProblem) -> Int {
        guard case .fixed(let rows) = operands[index].shape.rows else {
            throw ShapeProblem("operand \(index + 1) must have a fixed number of rows")
        }
        return rows
    }

    /// (x [r,k], weights [n,k], bias [1,n], …) → [r,n].
    func linear() throws(ShapeProblem) -> Shape {
        let (x, weights) = (operands[0].shape, operands[1].shape)
        guard x.columns == weights.columns else { throw ShapeProblem("inner sizes differ") }
        guard operands[1].type != .int8Panels || x.columns <= Int8Panels.mostInner else {
            throw ShapeProblem("takes at most \(Int8Panels.mostInner) columns in integers")
        }
        let outputs = try fixedRows(of: 1)
        guard operands[2].shape == Shape(.fixed(1), outputs) else {
            throw ShapeProblem("the bias must have one column an output")
        }
        return Shape(x.rows, outputs)
    }

    /// The columns of queries, of keys and of values, which stand side by side in the first operand.
    func attentionWidth(heads: Int) throws(ShapeProblem) -> Int {
        _ = try parent(of: 0)
        let columns = operands[0].shape.columns
        guard columns % 3 == 0 else { throw ShapeProblem("columns must be those of queries, keys and values") }
        let width = columns / 3
        guard heads > 0, width % heads == 0 else {
            throw ShapeProblem("the width \(width) is not a multiple of \(heads) heads")
        }
        return width
    }

    /// (logits [r,c], ids [r,k], targets [r,k], weights [r,1], …).
    func sparseTargets() throws(ShapeProblem) {
        try same(1, 2)
        guard operands[0].shape.rows == operands[1].shape.rows else { throw ShapeProblem("rows differ") }
        try shape(3, Shape(operands[0].shape.rows, 1))
    }
}

extension [ElementType] {
    fileprivate static let floats: Self = [.float32]
    fileprivate static let numbers: Self = [.uint32]
    fileprivate static let panels: Self = [.float32Panels, .int8Panels]
    fileprivate static let tables: Self = [.float32, .int8Rows, .int4Rows]
}
