import AttarGraph

/// The rows of each segment.
func segments(_ offsets: [Int]) -> [Range<Int>] { zip(offsets, offsets.dropFirst()).map { $0..<$1 } }

extension ReferenceInterpreter {
    func addPositions(_ x: ReferenceValue, _ positions: ReferenceValue, offsets: [Int]) -> ReferenceValue {
        let places = segments(offsets).flatMap { (0..<$0.count).map { min($0, positions.rows - 1) } }
        return ReferenceValue(rows: x.rows, columns: x.columns) { plus(x[$0, $1], positions[places[$0], $1]) }
    }

    func positionGradient(_ cotangent: ReferenceValue, positions: Int, offsets: [Int]) -> ReferenceValue {
        var rows = [[Int]](repeating: [], count: positions)
        for segment in segments(offsets) {
            for (place, row) in segment.enumerated() { rows[min(place, positions - 1)].append(row) }
        }
        return ReferenceValue(rows: positions, columns: cotangent.columns) { position, column in
            total(rows[position].map { cotangent[$0, column] })
        }
    }

    func meanPool(_ x: ReferenceValue, offsets: [Int]) -> ReferenceValue {
        let segments = segments(offsets)
        return ReferenceValue(rows: segments.count, columns: x.columns) { row, column in
            guard !segments[row].isEmpty else { return Bounded(0, 0) }
            return mean(segments[row].map { x[$0, column] })
        }
    }

    func meanPoolGradient(_ cotangent: ReferenceValue, offsets: [Int]) -> ReferenceValue {
        let examples = segments(offsets).enumerated().flatMap { example, rows in
            rows.map { _ in (example, Double(rows.count)) }
        }
        return ReferenceValue(rows: examples.count, columns: cotangent.columns) { row, column in
            let (example, count) = examples[row]
            return divided(cotangent[example, column], by: Bounded(count, count * Rounding.unit))
        }
    }

    func firstPool(_ x: ReferenceValue, offsets: [Int]) -> ReferenceValue {
        let segments = segments(offsets)
        return ReferenceValue(rows: segments.count, columns: x.columns) { row, column in
            segments[row].first.map { x[$0, column] } ?? Bounded(0, 0)
        }
    }

    func firstPoolGradient(_ cotangent: ReferenceValue, offsets: [Int]) -> ReferenceValue {
        let examples = segments(offsets).enumerated().flatMap { example, rows in
            rows.map { $0 == rows.lowerBound ? example : nil }
        }
        return ReferenceValue(rows: examples.count, columns: cotangent.columns) { row, column in
            examples[row].map { cotangent[$0, column] } ?? Bounded(0, 0)
        }
    }

    // MARK: Layer norm

    func layerNorm(_ x: ReferenceValue, gain: ReferenceValue, bias: ReferenceValue, epsilon: Float) -> ReferenceValue {
        let rows = (0..<x.rows).map { NormalizedRow(x, row: $0, epsilon: epsilon) }
        return ReferenceValue(rows: x.rows, columns: x.columns) { row, column in
            plus(times(rows[row].values[column], gain[0, column]), bias[0, column])
        }
    }

    func layerNormInputGradient(
        _ x: ReferenceValue, gain: ReferenceValue, cotangent: ReferenceValue, epsilon: Float
    ) -> ReferenceValue {
        var result = x
        for row in 0..<x.rows {
            let normalized = NormalizedRow(x, row: row, epsilon: epsilon)
            let scaled = (0..<x.columns).map { times(cotangent[row, $0], gain[0, $0]) }
            let (middle, slope) = (mean(scaled), mean(zip(scaled, normalized.values).map(times)))
            for column in 0..<x.columns {
                let bracket = minus(minus(scaled[column], middle), times(normalized.values[column], slope))
                let gradient = times(normalized.inverse, bracket)
                result.values[row * x.columns + column] = gradient.value
                result.errors[row * x.columns + column] = gradient.error
            }
        }
        return result
    }

    func layerNormGainGradient(_ x: ReferenceValue, cotangent: ReferenceValue, epsilon: Float) -> ReferenceValue {
        let rows = (0..<x.rows).map { NormalizedRow(x, row: $0, epsilon: epsilon) }
        return ReferenceValue(rows: 1, columns: x.columns) { _, column in
            products(rows.indices.map { (rows[$0].values[column], cotangent[$0, column]) })
        }
    }
}

/// (x - mean) / √(variance + epsilon) of one row.
private struct NormalizedRow {
    let values: [Bounded]
    /// 1 / √(variance + epsilon).
    let inverse: Bounded

    init(_ x: ReferenceValue, row: Int, epsilon: Float) {
        let elements = (0..<x.columns).map { x[row, $0] }
        let middle = mean(elements)
        let centered = elements.map { minus($0, middle) }
        let variance = mean(centered.map { times($0, $0) })
        let inverse = inverseRoot(plus(variance, Bounded(Double(epsilon), 0)))
        values = centered.map { times($0, inverse) }
        self.inverse = inverse
    }
}

private func mean(_ numbers: [Bounded]) -> Bounded {
    let count = Double(numbers.count)
    return divided(total(numbers), by: Bounded(count, count * Rounding.unit))
}
