import AttarGraph
import Foundation

extension ReferenceInterpreter {
    func embeddingBag(_ table: ReferenceValue, ids: ReferenceValue, weights: ReferenceValue, offsets: [Int])
        -> ReferenceValue
    {
        ReferenceValue(rows: offsets.count - 1, columns: table.columns) { example, column in
            products(
                (offsets[example]..<offsets[example + 1]).lazy.map { feature in
                    (weights[feature, 0], table[Int(ids.values[feature]), column])
                })
        }
    }

    func embedding(_ table: ReferenceValue, ids: ReferenceValue) -> ReferenceValue {
        // Of quantized tables the kernel rounds code · scale; the reference value is exact.
        ReferenceValue(rows: ids.rows, columns: table.columns) { row, column in
            let value = table[Int(ids.values[row]), column]
            return Bounded(value.value, value.error + Rounding.unit * value.value.magnitude)
        }
    }

    /// The same values, each off by half a step of its row's 127 steps to the largest magnitude.
    func quantizedRows(_ x: ReferenceValue) -> ReferenceValue {
        let largest = (0..<x.rows).map { row in
            (0..<x.columns).reduce(0.0) { max($0, x[row, $1].value.magnitude + x[row, $1].error) }
        }
        return ReferenceValue(rows: x.rows, columns: x.columns) { row, column in
            Bounded(x[row, column].value, x[row, column].error + largest[row] / 254 * (1 + 127 * 4 * Rounding.unit))
        }
    }

    func linear(_ x: ReferenceValue, weights: ReferenceValue, bias: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: x.rows, columns: weights.rows) { row, output in
            let product = products((0..<x.columns).lazy.map { (x[row, $0], weights[output, $0]) })
            return plus(product, bias[0, output])
        }
    }

    func relu(_ x: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: x.rows, columns: x.columns) { row, column in
            Bounded(max(0, x[row, column].value), x[row, column].error)
        }
    }

    func gelu(_ x: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: x.rows, columns: x.columns) { gelu(x[$0, $1]) }
    }

    private func gelu(_ x: Bounded) -> Bounded {
        let value = x.value * NormalDistribution.cumulative(x.value)
        // The slope is below 1.13 everywhere.
        return Bounded(
            value, 1.13 * x.error + x.value.magnitude * Rounding.errorFunction + 3 * Rounding.unit * value.magnitude)
    }

    func add(_ a: ReferenceValue, _ b: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: a.rows, columns: a.columns) { plus(a[$0, $1], b[$0, $1]) }
    }

    func scale(_ x: ReferenceValue, by factor: Float) -> ReferenceValue {
        ReferenceValue(rows: x.rows, columns: x.columns) { times(x[$0, $1], Bounded(Double(factor), 0)) }
    }

    func dropout(_ x: ReferenceValue, keys: ReferenceValue, rate: Float, salt: UInt32, offsets: [Int]?)
        -> ReferenceValue
    {
        let factor = 1 / (1 - Double(rate))
        var result = ReferenceValue(
            rows: x.rows, columns: x.columns, values: [Double](repeating: 0, count: x.values.count))
        for example in 0..<keys.rows {
            let mask = DropoutMask(
                runKey: batch.runKey, salt: salt, example: UInt32(keys.values[example]), rate: rate)
            let rows = offsets.map { $0[example]..<$0[example + 1] } ?? example..<(example + 1)
            let elements = (rows.lowerBound * x.columns)..<(rows.upperBound * x.columns)
            for (position, element) in elements.enumerated() where mask.keeps(position) {
                let kept = times(
                    Bounded(x.values[element], x.errors[element]), Bounded(factor, 2 * Rounding.unit * factor))
                result.values[element] = kept.value
                result.errors[element] = kept.error
            }
        }
        return result
    }

    func softmax(_ x: ReferenceValue, temperature: Float) -> ReferenceValue {
        var result = x
        for row in 0..<x.rows {
            let exponentials = Exponentials(x, row: row, temperature: Double(temperature))
            for column in 0..<x.columns {
                let share = exponentials.share(column)
                result.values[row * x.columns + column] = share.value
                result.errors[row * x.columns + column] = share.error
            }
        }
        return result
    }

    func sum(_ x: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: 1, columns: 1) { _, _ in
            total((0..<x.values.count).map { Bounded(x.values[$0], x.errors[$0]) })
        }
    }
}
