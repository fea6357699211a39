import AttarGraph
import Foundation

extension ReferenceInterpreter {
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

    func sparseCrossEntropy(
        _ logits: ReferenceValue, ids: ReferenceValue, targets: ReferenceValue, weights: ReferenceValue,
        temperature: Float
    ) -> ReferenceValue {
        ReferenceValue(rows: logits.rows, columns: 1) { row, _ in
            let exponentials = Exponentials(logits, row: row, temperature: Double(temperature))
            let known = SparseTargets(ids, targets, row: row, classes: logits.columns)
            let logarithm = Bounded(
                log(exponentials.total.value), exponentials.total.error / exponentials.total.value)
            var sum = products(
                known.targets.map { id, target in (target, minus(logarithm, exponentials.arguments[id])) })
            if known.tail.value > 0 {
                let rest = exponentials.rest(without: known.targets)
                let share = Bounded(log(rest.value), rest.error / (rest.value - rest.error))
                sum = plus(sum, times(known.tail, minus(logarithm, share)))
            }
            return times(weights[row, 0], sum)
        }
    }

    func sparseCrossEntropyGradient(
        _ logits: ReferenceValue, ids: ReferenceValue, targets: ReferenceValue, weights: ReferenceValue,
        cotangent: ReferenceValue, temperature: Float
    ) -> ReferenceValue {
        var result = logits
        let inverse = Bounded(1 / Double(temperature), Rounding.unit / Double(temperature))
        for row in 0..<logits.rows {
            let exponentials = Exponentials(logits, row: row, temperature: Double(temperature))
            let known = SparseTargets(ids, targets, row: row, classes: logits.columns)
            let factor = times(times(cotangent[row, 0], weights[row, 0]), inverse)
            let rest = exponentials.rest(without: known.targets)
            for column in 0..<logits.columns {
                let expected = times(exponentials.share(column), plus(known.mass, known.tail))
                let target =
                    known.targets[column]
                    ?? (known.tail.value > 0
                        ? times(known.tail, divided(exponentials[column], by: rest)) : Bounded(0, 0))
                let gradient = times(factor, minus(expected, target))
                result.values[row * logits.columns + column] = gradient.value
                result.errors[row * logits.columns + column] = gradient.error
            }
        }
        return result
    }
}

/// The targets of one row that are known.
private struct SparseTargets {
    var targets: [Int: Bounded] = [:]
    let mass: Bounded
    /// What the known ones leave of 1, for all other classes together.
    let tail: Bounded

    init(_ ids: ReferenceValue, _ targets: ReferenceValue, row: Int, classes: Int) {
        for slot in 0..<ids.columns where Int(ids[row, slot].value) < classes {
            self.targets[Int(ids[row, slot].value)] = targets[row, slot]
        }
        mass = total(Array(self.targets.values))
        let left = minus(Bounded(1, 0), mass)
        tail = left.value > 0 && self.targets.count < classes ? left : Bounded(0, 0)
    }
}

extension Exponentials {
    fileprivate subscript(column: Int) -> Bounded { values[column] }

    /// The sum over the classes that have no target of their own.
    fileprivate func rest(without known: [Int: Bounded]) -> Bounded {
        AttarTestSupport.total(values.indices.filter { known[$0] == nil }.map { values[$0] })
    }
}
