import Foundation

/// The population stability index, Σ (qᵢ − pᵢ) ln(qᵢ / pᵢ) over bins: the symmetric divergence of two mixes (Siddiqi
/// 2006, "Credit risk scorecards"). By custom below 0.1 is steady and above 0.25 a shift; with few rows chance alone
/// gives about (bins − 1) · (1 / rows + 1 / other rows).
///
/// Half a row is added to each bin of both, so an empty one counts without being infinite. Nil without rows on either
/// side.
package func populationStabilityIndex(_ reference: [Int], _ current: [Int]) -> Double? {
    precondition(reference.count == current.count, "both count the same bins")
    guard reference.contains(where: { $0 > 0 }), current.contains(where: { $0 > 0 }) else { return nil }
    let half = 0.5 * Double(reference.count)
    let rows = Double(reference.reduce(0, +)) + half
    let currentRows = Double(current.reduce(0, +)) + half
    return zip(reference, current).reduce(0) { sum, counts in
        let before = (Double(counts.0) + 0.5) / rows
        let now = (Double(counts.1) + 0.5) / currentRows
        return sum + (now - before) * log(now / before)
    }
}

/// The edges between bins that each hold about the same share of the values; fewer where values are equal.
package func equalMassEdges(_ values: [Double], bins: Int = 10) -> [Double] {
    precondition(bins > 0, "at least one bin")
    guard !values.isEmpty else { return [] }
    let sorted = values.sorted()
    var edges: [Double] = []
    for bin in 1..<max(2, bins) where bins > 1 {
        let edge = quantile(Double(bin) / Double(bins), ofSorted: sorted)
        if edge > sorted[0], edge != edges.last { edges.append(edge) }
    }
    return edges
}

/// Values in each bin; one that equals an edge lies above it.
///
/// - Parameter edges: ascending; the outer bins have no outer edge.
package func binCounts(_ values: [Double], edges: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    for value in values { counts[edges.partitioningIndex { value < $0 }] += 1 }
    return counts
}

/// Whether two samples of labels (or of any bins) may have the same mix.
package struct LabelShift: Hashable, Sendable {
    /// Half the sum of absolute differences of shares: the share of rows that would have to change label.
    package let totalVariation: Double
    /// Pearson's χ² of homogeneity over the labels that occur, and how likely one as large is by chance.
    package let chiSquare: Double
    package let probability: Double

    /// Nil without rows on either side.
    ///
    /// - Parameters: rows by label.
    package init?(_ reference: [Int], _ current: [Int]) {
        precondition(reference.count == current.count, "both count the same labels")
        let rows = Double(reference.reduce(0, +))
        let currentRows = Double(current.reduce(0, +))
        guard rows > 0, currentRows > 0 else { return nil }
        var distance = 0.0
        var statistic = 0.0
        var labels = 0
        for (before, now) in zip(reference, current) where before + now > 0 {
            let difference = Double(now) / currentRows - Double(before) / rows
            distance += abs(difference)
            // Both rows of the table in one term: (n·m/(n + m))·difference² / pooled share.
            statistic += difference * difference * rows * currentRows / Double(before + now)
            labels += 1
        }
        totalVariation = 0.5 * distance
        chiSquare = statistic
        probability = chiSquareUpperTail(statistic, degreesOfFreedom: labels - 1)
    }
}

extension [Double] {
    /// The first place whose element fulfils a condition that all later ones fulfil too.
    fileprivate func partitioningIndex(_ isAbove: (Double) -> Bool) -> Int {
        var lower = 0
        var upper = count
        while lower < upper {
            let middle = (lower + upper) / 2
            if isAbove(self[middle]) { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }
}
