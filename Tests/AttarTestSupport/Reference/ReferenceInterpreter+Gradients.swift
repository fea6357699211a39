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

    func geluGradient(_ x: ReferenceValue, cotangent: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: x.rows, columns: x.columns) { row, column in
            let (x, dy) = (x[row, column], cotangent[row, column])
            let (share, density) = (NormalDistribution.cumulative(x.value), NormalDistribution.density(x.value))
            let slope = share + x.value * density
            let rounding =
                Rounding.errorFunction + 3 * Rounding.unit * slope.magnitude
                + (x.value * density).magnitude * (Rounding.exponential + (4 + x.value * x.value) * Rounding.unit)
            // The slope's own slope is below 0.8 everywhere.
            return times(Bounded(slope, 0.8 * x.error + rounding), dy)
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
                let (ids, source) = (nodes[use.ids.node], nodes[use.source.node])
                for example in 0..<(offsets.count - 1) {
                    for feature in offsets[example]..<offsets[example + 1] {
                        let row = use.sourceRows == .own ? feature : example
                        let weight = use.weights.map { nodes[$0.node][feature, 0] } ?? Bounded(1, 0)
                        for column in 0..<columns {
                            terms[Int(ids.values[feature]) * columns + column]
                                .append(times(weight, source[row, column]))
                        }
                    }
                }
            }
            return ReferenceValue(rows: rows, columns: columns) { total(terms[$0 * columns + $1]) }
        }
    }
}
