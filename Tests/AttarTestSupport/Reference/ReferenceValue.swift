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
        Bounded(values[row * columns + column], errors[row * columns + column])
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
}

/// A number and how far a float computation of it may be off.
package struct Bounded: Sendable {
    package var value: Double
    package var error: Double

    package init(_ value: Double, _ error: Double) {
        self.value = value
        self.error = error
    }
}

/// Rounding of single-precision arithmetic.
package enum Rounding {
    /// Relative error of one operation, doubled to make up for what first-order analysis leaves out.
    package static let unit = 0x1p-23
    /// Absolute errors below this are underflow.
    package static let smallest = 0x1p-125
    /// Relative error of the kernels' e^x; a test of its own holds them to it.
    package static let exponential = 1e-7
    /// The kernels' e^x is held to arguments from here up.
    package static let smallestExponent = -87.0

    /// Relative error of a sum of `count` products.
    package static func ofSum(_ count: Int) -> Double { Double(count + 2) * unit }
}
