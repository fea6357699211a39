/// How much of an attribute grid texts were asked for, and how much is left of it after the filters.
package struct GridCoverage: Codable, Equatable, Sendable {
    package struct Part: Codable, Equatable, Sendable {
        package let covered: Int
        package let possible: Int

        /// Nil where nothing is possible.
        package var share: Double? { possible == 0 ? nil : Double(covered) / Double(possible) }
    }

    /// Values of single attributes, and combinations of values of two attributes.
    package let values: Part
    package let pairs: Part
    /// Combinations of all attributes; `possible` is at most `Int.max`.
    package let cells: Part
    /// Values that no text has: attribute and value, in their order in the grid; before them the label where grids were joined.
    package let missing: [[String]]

    /// The grids of several labels as one: a value of one label is another one than the same value of another label.
    package init(joining grids: [(label: String, coverage: GridCoverage)]) {
        func sum(_ part: (GridCoverage) -> Part) -> Part {
            let parts = grids.map { part($0.coverage) }
            return Part(
                covered: parts.reduce(0) { $0 + $1.covered },
                possible: parts.reduce(0) { total, part in
                    let (result, overflow) = total.addingReportingOverflow(part.possible)
                    return overflow ? Int.max : result
                })
        }
        values = sum(\.values)
        pairs = sum(\.pairs)
        cells = sum(\.cells)
        missing = grids.flatMap { grid in grid.coverage.missing.map { [grid.label] + $0 } }
    }

    /// - Parameters:
    ///   - rows: for each text its value of each attribute, in the order of the grid.
    ///   - grid: attributes with the values they can have. Values that are not in it are passed over.
    package init(of rows: [[String]], grid: [(name: String, values: [String])]) {
        let numbers = grid.map { attribute in
            Dictionary(zip(attribute.values, attribute.values.indices)) { first, _ in first }
        }
        let sizes = numbers.map(\.count)
        var values: Set<[Int]> = []
        var pairs: Set<[Int]> = []
        var cells: Set<[Int]> = []
        for row in rows where row.count == grid.count {
            let indices = zip(row, numbers).map { $1[$0] }
            for (left, value) in indices.enumerated() {
                guard let value else { continue }
                values.insert([left, value])
                for right in indices.indices.dropFirst(left + 1) {
                    if let other = indices[right] { pairs.insert([left, value, right, other]) }
                }
            }
            if indices.allSatisfy({ $0 != nil }), !indices.isEmpty { cells.insert(indices.map { $0! }) }
        }
        let possiblePairs = sizes.indices.reduce(0) { sum, left in
            sum + sizes[(left + 1)...].reduce(0) { $0 + sizes[left] * $1 }
        }
        let possibleCells =
            sizes.isEmpty
            ? 0
            : sizes.reduce(1) { product, size in
                let (result, overflow) = product.multipliedReportingOverflow(by: size)
                return overflow ? Int.max : result
            }
        self.values = Part(covered: values.count, possible: sizes.reduce(0, +))
        self.pairs = Part(covered: pairs.count, possible: possiblePairs)
        self.cells = Part(covered: cells.count, possible: possibleCells)
        missing = grid.enumerated().flatMap { index, attribute in
            attribute.values.filter { !values.contains([index, numbers[index][$0]!]) }.map { [attribute.name, $0] }
        }
    }
}
