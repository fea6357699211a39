import AttarGraph

extension ReferenceInterpreter {
    func reluGradient(_ x: ReferenceValue, cotangent: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: x.rows, columns: x.columns) { row, column in
            let (x, dy) = (x[row, column], cotangent[row, column])
            // Where x may have either sign, so may the answer be either.
            let undecided = x.value.magnitude <= x.error && x.error > 0
            return Bounded(x.value > 0 ? dy.value : 0, dy.error + (undecided ? dy.value.magnitude : 0))
        }
    }

    func linearInputGradient(_ cotangent: ReferenceValue, weights: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: cotangent.rows, columns: weights.columns) { row, column in
            products((0..<weights.rows).lazy.map { (cotangent[row, $0], weights[$0, column]) })
        }
    }

    func linearWeightGradient(_ x: ReferenceValue, cotangent: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: cotangent.columns, columns: x.columns) { output, column in
            products((0..<x.rows).lazy.map { (cotangent[$0, output], x[$0, column]) })
        }
    }

    func sumRows(_ x: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: 1, columns: x.columns) { _, column in total((0..<x.rows).map { x[$0, column] }) }
    }

    func broadcast(_ x: ReferenceValue, rows: Int, columns: Int) -> ReferenceValue {
        ReferenceValue(rows: rows, columns: columns) { _, _ in x[0, 0] }
    }

    func softCrossEntropyGradient(
        _ logits: ReferenceValue, targets: ReferenceValue, weights: ReferenceValue, cotangent: ReferenceValue,
        temperature: Float
    ) -> ReferenceValue {
        var result = logits
        for row in 0..<logits.rows {
            let exponentials = Exponentials(logits, row: row, temperature: Double(temperature))
            let mass = total((0..<targets.columns).map { targets[row, $0] })
            let inverse = Bounded(1 / Double(temperature), Rounding.unit / Double(temperature))
            let factor = times(times(cotangent[row, 0], weights[row, 0]), inverse)
            for column in 0..<logits.columns {
                let target = targets[row, column]
                let expected = times(exponentials.share(column), mass)
                let gradient = times(factor, plus(expected, Bounded(-target.value, target.error)))
                result.values[row * logits.columns + column] = gradient.value
                result.errors[row * logits.columns + column] = gradient.error
            }
        }
        return result
    }

    /// A gradient of `addGradients` as a matrix of the parameter's shape, given the values of all nodes.
    package func dense(_ gradient: Gradient, rows: Int, columns: Int, nodes: [ReferenceValue]) -> ReferenceValue {
        switch gradient {
        case .dense(let value): return nodes[value.node]
        case .sparse(let uses):
            var terms = [[Bounded]](repeating: [], count: rows * columns)
            for use in uses {
                guard case .batch(let axis) = use.ids.shape.rows, let offsets = batch.offsets[axis.name] else {
                    preconditionFailure("a sparse gradient has no offsets")
                }
                let (ids, weights, source) = (nodes[use.ids.node], nodes[use.weights.node], nodes[use.source.node])
                for example in 0..<(offsets.count - 1) {
                    for feature in offsets[example]..<offsets[example + 1] {
                        for column in 0..<columns {
                            terms[Int(ids.values[feature]) * columns + column]
                                .append(times(weights[feature, 0], source[example, column]))
                        }
                    }
                }
            }
            return ReferenceValue(rows: rows, columns: columns) { total(terms[$0 * columns + $1]) }
        }
    }
}
