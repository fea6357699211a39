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
            let elements =
                offsets.map { $0[example]..<$0[example + 1] } ?? (example * x.columns)..<((example + 1) * x.columns)
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

    func softCrossEntropy(
        _ logits: ReferenceValue, targets: ReferenceValue, weights: ReferenceValue, temperature: Float
    ) -> ReferenceValue {
        ReferenceValue(rows: logits.rows, columns: 1) { row, _ in
            let exponentials = Exponentials(logits, row: row, temperature: Double(temperature))
            var sum = Bounded(0, 0)
            for column in 0..<logits.columns {
                let (target, argument) = (targets[row, column].value, exponentials.arguments[column])
                sum.value += target * (log(exponentials.total.value) - argument.value)
                sum.error +=
                    target.magnitude
                    * (exponentials.total.error / exponentials.total.value + argument.error)
            }
            let weight = weights[row, 0].value
            return Bounded(
                weight * sum.value, weight.magnitude * sum.error + Rounding.unit * (weight * sum.value).magnitude)
        }
    }

    func sum(_ x: ReferenceValue) -> ReferenceValue {
        ReferenceValue(rows: 1, columns: 1) { _, _ in
            total((0..<x.values.count).map { Bounded(x.values[$0], x.errors[$0]) })
        }
    }
}

/// e^((x - largest) / temperature) of one row.
struct Exponentials {
    let arguments: [Bounded]
    let values: [Bounded]
    let total: Bounded

    init(_ x: ReferenceValue, row: Int, temperature: Double) {
        let elements = (0..<x.columns).map { x[row, $0] }
        let largest = elements.max { $0.value < $1.value } ?? Bounded(0, 0)
        let largestError = elements.map(\.error).max() ?? 0
        arguments = elements.map { element in
            let argument = (element.value - largest.value) / temperature
            return Bounded(
                argument, (element.error + largestError) / temperature + 3 * Rounding.unit * argument.magnitude)
        }
        values = arguments.map { argument in
            let value = exp(argument.value)
            let relative = expm1(argument.error) + Rounding.exponential
            return Bounded(value, value * relative + exp(Rounding.smallestExponent))
        }
        let sum = values.reduce(0) { $0 + $1.value }
        let errors = values.reduce(0) { $0 + $1.error }
        total = Bounded(sum, errors + Rounding.ofSum(x.columns / 16 + 5) * sum)
    }

    /// The softmax of one column.
    func share(_ column: Int) -> Bounded {
        let value = values[column].value / total.value
        let relative = total.error / total.value + Rounding.unit
        return Bounded(value, value * relative + values[column].error / total.value)
    }
}

/// The product of two numbers, one rounding.
func times(_ a: Bounded, _ b: Bounded) -> Bounded {
    let product = a.value * b.value
    return Bounded(
        product,
        a.value.magnitude * b.error + b.value.magnitude * a.error + a.error * b.error + Rounding.unit
            * product.magnitude)
}

func plus(_ a: Bounded, _ b: Bounded) -> Bounded {
    Bounded(a.value + b.value, a.error + b.error + Rounding.unit * (a.value + b.value).magnitude)
}

/// A sum of products, in any order of additions.
func products(_ pairs: some Sequence<(Bounded, Bounded)>) -> Bounded {
    var (value, magnitude, error, count) = (0.0, 0.0, 0.0, 0)
    for (a, b) in pairs {
        value += a.value * b.value
        magnitude += (a.value * b.value).magnitude
        error += a.value.magnitude * b.error + b.value.magnitude * a.error + a.error * b.error
        count += 1
    }
    return Bounded(value, error + Rounding.ofSum(count) * magnitude)
}

/// A sum, in any order of additions.
func total(_ numbers: [Bounded]) -> Bounded {
    let magnitude = numbers.reduce(0) { $0 + $1.value.magnitude + $1.error }
    return Bounded(
        numbers.reduce(0) { $0 + $1.value },
        numbers.reduce(0) { $0 + $1.error } + Rounding.ofSum(numbers.count) * magnitude)
}
