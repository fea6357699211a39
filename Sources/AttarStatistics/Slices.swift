/// Rows that have something in common (a length, a source, a label), and how often they are wrong.
package struct SliceFigure: Hashable, Sendable {
    package let name: String
    package let rows: Int
    package let errors: Int
    package let errorRate: Double
    package let interval: Interval
    /// The error rate of all other rows; nil if there are none.
    package let otherErrorRate: Double?
    /// Fisher's one-sided test that the slice is worse than the other rows.
    package let probability: Double
    /// That test after correction for all slices looked at: below 0.05, less than one time in twenty is any slice named
    /// wrongly.
    package let adjustedProbability: Double
}

/// Slices by how sure it is that they are worse than the other rows, the surest first; the higher error rate first of
/// equals.
///
/// - Parameters:
///   - slices: rows by name; they may overlap, and each row counts once.
///   - leastRows: smaller slices are not looked at.
package func worstSlices(
    isCorrect: [Bool], slices: [String: [Int]], leastRows: Int = 20, level: Double = 0.95
) -> [SliceFigure] {
    let allErrors = isCorrect.count { !$0 }
    let looked = slices.mapValues { Set($0).sorted() }.filter { $0.value.count >= max(1, leastRows) }
        .sorted { $0.key < $1.key }
    let errors = looked.map { $0.value.count { !isCorrect[$0] } }
    let probabilities = zip(looked, errors).map { slice, errors in
        fisherExactGreater(hits: errors, drawn: slice.value.count, marked: allErrors, rows: isCorrect.count)
    }
    let adjusted = holmAdjusted(probabilities)
    let figures = looked.indices.map { index in
        let rows = looked[index].value.count
        let others = isCorrect.count - rows
        return SliceFigure(
            name: looked[index].key, rows: rows, errors: errors[index], errorRate: ratio(errors[index], rows),
            interval: rateInterval(successes: errors[index], trials: rows, level: level),
            otherErrorRate: others == 0 ? nil : ratio(allErrors - errors[index], others),
            probability: probabilities[index], adjustedProbability: adjusted[index])
    }
    return figures.sorted {
        ($0.adjustedProbability, $0.probability, -$0.errorRate, $0.name)
            < ($1.adjustedProbability, $1.probability, -$1.errorRate, $1.name)
    }
}

/// Probabilities of several tests, corrected so that the chance of any wrong finding stays below the limit they are
/// compared with, however the tests depend on each other (Holm 1979, "A simple sequentially rejective multiple test
/// procedure").
package func holmAdjusted(_ probabilities: [Double]) -> [Double] {
    var adjusted = probabilities
    var largest = 0.0
    for (rank, index) in probabilities.indices.sorted(by: { probabilities[$0] < probabilities[$1] }).enumerated() {
        largest = max(largest, min(1, Double(probabilities.count - rank) * probabilities[index]))
        adjusted[index] = largest
    }
    return adjusted
}
