import Foundation

/// How several teachers' probabilities become one: Σ wᵢ pᵢ / Σ wᵢ over the teachers that answered (a linear opinion
/// pool, Stone 1961).
package struct TeacherMixture: Sendable, Hashable {
    /// One a teacher; at least 0, their sum above 0.
    package let weights: [Double]

    /// Fewer rows than this say too little about weights.
    package static let leastRows = 50
    private static let steps = 200

    package init(weights: [Double]) { self.weights = weights }

    /// The weights under which the rows' right labels are likeliest, by expectation–maximisation over which teacher
    /// “was asked” (Dempster, Laird and Rubin 1977). Equal weights where too few rows were answered by all.
    ///
    /// - Parameters:
    ///   - probabilities: teachers × rows × labels.
    ///   - gold: the right label of each row.
    package init(fitting probabilities: [[[Double]]], gold: [Int]) {
        let count = probabilities.count
        var weights = [Double](repeating: 1 / Double(count), count: count)
        let likelihoods = gold.indices.compactMap { row -> [Double]? in
            let given = probabilities.map { $0[row][gold[row]] }
            return given.allSatisfy(\.isFinite) && given.contains { $0 > 0 } ? given : nil
        }
        if likelihoods.count >= Self.leastRows {
            for _ in 0..<Self.steps {
                // One row more for each: a teacher without weight would leave rows that only it answered without any.
                var shares = [Double](repeating: 1, count: count)
                for row in likelihoods {
                    let parts = zip(weights, row).map { $0 * $1 }
                    let total = parts.reduce(0, +)
                    if total > 0 { for teacher in 0..<count { shares[teacher] += parts[teacher] / total } }
                }
                let total = shares.reduce(0, +)
                weights = shares.map { $0 / total }
            }
        }
        self.init(weights: weights)
    }

    /// One row of each teacher → the mixture; all NaN where nobody who counts has answered.
    package func mixed(_ rows: [[Double]]) -> [Double] {
        let answered = rows.indices.filter { weights[$0] > 0 && rows[$0].allSatisfy(\.isFinite) }
        let total = answered.reduce(0) { $0 + weights[$1] }
        guard total > 0 else { return [Double](repeating: .nan, count: rows.first?.count ?? 0) }
        return rows[answered[0]].indices.map { label in
            answered.reduce(0) { $0 + weights[$1] * rows[$1][label] } / total
        }
    }
}

/// How far teachers agree on the rows that they all answered.
package struct TeacherDisagreement: Sendable, Hashable {
    package let rows: Int
    /// Rows on which their likeliest labels differ.
    package let disputed: Int
    /// Mean Jensen–Shannon divergence in bits, 0 to log₂ of the number of teachers (Lin 1991): 0 where all say the same.
    package let divergence: Double

    /// - Parameter probabilities: teachers × rows × labels.
    package init(_ probabilities: [[[Double]]]) {
        let count = probabilities.first?.count ?? 0
        let mixture = TeacherMixture(weights: probabilities.map { _ in 1 })
        let common = (0..<count).filter { row in probabilities.allSatisfy { $0[row].allSatisfy(\.isFinite) } }
        rows = common.count
        disputed = common.count { row in Set(probabilities.map { likeliestLabel($0[row]) }).count > 1 }
        let divergences = common.map { row -> Double in
            let given = probabilities.map { $0[row] }
            return Self.entropy(mixture.mixed(given)) - given.map(Self.entropy).reduce(0, +) / Double(given.count)
        }
        divergence = divergences.isEmpty ? 0 : max(divergences.reduce(0, +) / Double(divergences.count), 0)
    }

    private static func entropy(_ row: [Double]) -> Double {
        row.reduce(0) { $0 - ($1 > 0 ? $1 * log2($1) : 0) }
    }
}

/// The rows that are worth a dearer teacher: those where nobody answered, teachers disagree, or their mixture is unsure.
///
/// - Parameters:
///   - probabilities: teachers × rows × labels.
///   - confidence: a mixture whose likeliest label has less than this is unsure.
package func disputedRows(
    _ probabilities: [[[Double]]], mixture: TeacherMixture, confidence: Double
) -> [Int] {
    (0..<(probabilities.first?.count ?? 0)).filter { row in
        let given = probabilities.map { $0[row] }
        let labels = Set(given.compactMap(likeliestLabel))
        let mixed = mixture.mixed(given)
        guard labels.count == 1, let best = likeliestLabel(mixed) else { return true }
        return mixed[best] < confidence
    }
}
