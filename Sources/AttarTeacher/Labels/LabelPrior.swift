import Foundation

/// How much a teacher leans towards each label whatever the text, measured as the mean over a batch.
///
/// Dividing it out is the batch form of contextual calibration (Zhao et al. 2021; Zhou et al. 2024, “Batch
/// Calibration”). It assumes that the labels' true shares in the batch are those in `shares`, by default equal.
package struct LabelPrior: Sendable, Hashable {
    /// Mean probability of each label over the batch's answered rows; sums to 1.
    package let means: [Double]

    /// - Parameter probabilities: rows × labels; rows that hold a NaN are left out. With none left, all means are equal.
    package init(of probabilities: [[Double]], labels count: Int) {
        let rows = probabilities.filter { row in row.count == count && row.allSatisfy(\.isFinite) }
        guard !rows.isEmpty else {
            means = Array(repeating: 1 / Double(count), count: count)
            return
        }
        means = (0..<count).map { label in rows.reduce(0) { $0 + $1[label] } / Double(rows.count) }
    }

    package init(means: [Double]) { self.means = means }

    /// p′ₗ ∝ pₗ · (shareₗ / meanₗ)^strength, renormalised. Rows that hold a NaN stay as they are.
    ///
    /// - Parameters:
    ///   - strength: 0 leaves the row, 1 divides the whole lean out.
    ///   - shares: the labels' true shares; equal ones if `nil`.
    package func corrected(_ row: [Double], strength: Double = 1, shares: [Double]? = nil) -> [Double] {
        precondition(row.count == means.count, "a row of \(row.count) labels, a prior over \(means.count)")
        guard row.allSatisfy(\.isFinite) else { return row }
        let weighted = row.indices.map { label in
            let share = shares?[label] ?? 1 / Double(row.count)
            return row[label] * pow(share / max(means[label], .leastNormalMagnitude), strength)
        }
        let total = weighted.reduce(0, +)
        return total > 0 && total.isFinite ? weighted.map { $0 / total } : row
    }
}

/// Each row divided by the batch's mean for each label and renormalised: `LabelPrior` measured and applied at once.
package func priorCorrected(
    _ probabilities: [[Double]], strength: Double = 1, shares: [Double]? = nil
) -> [[Double]] {
    guard let count = probabilities.first?.count else { return [] }
    let prior = LabelPrior(of: probabilities, labels: count)
    return probabilities.map { prior.corrected($0, strength: strength, shares: shares) }
}
