import Foundation

/// e^((x - largest) / temperature) of one row.
struct Exponentials {
    let arguments: [Bounded]
    let values: [Bounded]
    let total: Bounded

    init(_ x: ReferenceValue, row: Int, temperature: Double) {
        self.init((0..<x.columns).map { x[row, $0] }, temperature: temperature)
    }

    init(_ elements: [Bounded], temperature: Double = 1) {
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
        total = Bounded(sum, errors + Rounding.ofSum(elements.count / 16 + 5) * sum)
    }

    /// The softmax of one column.
    func share(_ column: Int) -> Bounded {
        let value = values[column].value / total.value
        let relative = total.error / total.value + Rounding.unit
        return Bounded(value, value * relative + values[column].error / total.value)
    }
}
