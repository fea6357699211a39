/// A matrix as mathematics knows it: row-major doubles, whatever the layout in which a program stores it.
package struct ReferenceValue: Sendable, Equatable {
    package var rows: Int
    package var columns: Int
    package var values: [Double]
    /// How far a program in single precision may be from each value (Higham 2002, chapter 3), with room for its own
    /// rounding.
    package var errors: [Double]

    /// Exact values.
    package init(rows: Int, columns: Int, values: [Double]) {
        self.init(rows: rows, columns: columns, values: values, errors: [Double](repeating: 0, count: values.count))
    }

    package init(rows: Int, columns: Int, values: [Double], errors: [Double]) {
        precondition(values.count == rows * columns && errors.count == values.count)
        self.rows = rows
        self.columns = columns
        self.values = values
        self.errors = errors
    }

    /// Value and error bound of each element, made by a rule.
    package init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Bounded) {
        self.rows = rows
        self.columns = columns
        values = []
        errors = []
        values.reserveCapacity(rows * columns)
        errors.reserveCapacity(rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                let bounded = element(row, column)
                values.append(bounded.value)
                errors.append(bounded.error)
            }
        }
    }

    package subscript(row: Int, column: Int) -> Bounded {
        get { Bounded(values[row * columns + column], errors[row * columns + column]) }
        set {
            values[row * columns + column] = newValue.value
            errors[row * columns + column] = newValue.error
        }
    }

    /// What keeps `floats` from being a single-precision computation of this value; nil where nothing does.
    package func disagreement(with floats: [Float]) -> String? {
        guard floats.count == values.count else { return "\(floats.count) elements, expected \(values.count)" }
        for index in floats.indices {
            let difference = (Double(floats[index]) - values[index]).magnitude
            // Written so that a NaN disagrees.
            if !(difference <= errors[index] + Rounding.smallest) {
                return "element [\(index / columns), \(index % columns)] is \(floats[index]), expected \(values[index])"
                    + " within \(errors[index]): off by \(difference)"
            }
        }
        return nil
    }

    /// The length of the difference to `floats` over the length of this value: for whole models, where bounds of the
    /// worst case say nothing any more.
    package func relativeError(of floats: [Float]) -> Double {
        let difference = zip(values, floats).reduce(0) { $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1)) }
        let size = values.reduce(0) { $0 + $1 * $1 }
        return difference == 0 ? 0 : (difference / size).squareRoot()
    }
}
