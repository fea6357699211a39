import AttarGraph

/// One head's attention within one segment.
private struct HeadAttention {
    /// Rows of the segment.
    let rows: Range<Int>
    /// Columns of the head among those of its queries.
    let columns: Range<Int>
    let width: Int
    let scale: Bounded
    let x: ReferenceValue

    init(_ x: ReferenceValue, rows: Range<Int>, head: Int, heads: Int) {
        width = x.columns / 3
        let size = width / heads
        columns = (head * size)..<((head + 1) * size)
        let scale = 1 / Double(size).squareRoot()
        // Queries may be scaled instead of scores.
        self.scale = Bounded(scale, 3 * Rounding.unit * scale)
        self.rows = rows
        self.x = x
    }

    func query(_ row: Int, _ column: Int) -> Bounded { x[row, column] }
    func key(_ row: Int, _ column: Int) -> Bounded { x[row, width + column] }
    func value(_ row: Int, _ column: Int) -> Bounded { x[row, 2 * width + column] }

    /// What a row looks at: one probability a row of the segment.
    func probabilities(of row: Int) -> [Bounded] {
        let scores = rows.map { other in
            times(products(columns.lazy.map { (query(row, $0), key(other, $0)) }), scale)
        }
        let exponentials = Exponentials(scores)
        return scores.indices.map { index in
            let share = exponentials.share(index)
            return Bounded(share.value, share.error + Rounding.rescaling(scores.count) * share.value)
        }
    }
}

extension ReferenceInterpreter {
    func segmentAttention(_ x: ReferenceValue, heads: Int, offsets: [Int]) -> ReferenceValue {
        let width = x.columns / 3
        var result = ReferenceValue(
            rows: x.rows, columns: width, values: [Double](repeating: 0, count: x.rows * width))
        for rows in segments(offsets) {
            for head in 0..<heads {
                let attention = HeadAttention(x, rows: rows, head: head, heads: heads)
                for row in rows {
                    let probabilities = attention.probabilities(of: row)
                    for column in attention.columns {
                        result[row, column] = products(
                            zip(probabilities, rows.map { attention.value($0, column) }))
                    }
                }
            }
        }
        return result
    }

    func segmentAttentionGradient(
        _ x: ReferenceValue, cotangent dy: ReferenceValue, heads: Int, offsets: [Int]
    ) -> ReferenceValue {
        let width = x.columns / 3
        var result = ReferenceValue(
            rows: x.rows, columns: x.columns, values: [Double](repeating: 0, count: x.rows * x.columns))
        for rows in segments(offsets) {
            for head in 0..<heads {
                let attention = HeadAttention(x, rows: rows, head: head, heads: heads)
                let columns = attention.columns
                // Cotangents of the scores, a row a query; probabilities likewise.
                var scores: [[Bounded]] = []
                var shares: [[Bounded]] = []
                for row in rows {
                    let probabilities = attention.probabilities(of: row)
                    let ofProbabilities = rows.map { other in
                        products(columns.lazy.map { (dy[row, $0], attention.value(other, $0)) })
                    }
                    let middle = products(zip(probabilities, ofProbabilities))
                    // The kernel may take the middle from the result instead: the same terms in another order.
                    let reordered = Bounded(
                        middle.value,
                        middle.error + Rounding.ofSum(rows.count + columns.count)
                            * zip(probabilities, rows).reduce(0) { sum, term in
                                sum + term.0.value
                                    * columns.reduce(0) {
                                        $0 + (dy[row, $1].value * attention.value(term.1, $1).value).magnitude
                                    }
                            })
                    scores.append(
                        zip(probabilities, ofProbabilities).map { p, d in
                            times(times(p, minus(d, reordered)), attention.scale)
                        })
                    shares.append(probabilities)
                }
                for (index, row) in rows.enumerated() {
                    for column in columns {
                        result[row, column] = products(
                            zip(scores[index], rows.map { attention.key($0, column) }))
                        result[row, width + column] = products(
                            zip(scores.map { $0[index] }, rows.map { attention.query($0, column) }))
                        result[row, 2 * width + column] = products(
                            zip(shares.map { $0[index] }, rows.map { dy[$0, column] }))
                    }
                }
            }
        }
        return result
    }
}
