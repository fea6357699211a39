/// How many classes each row ranks before its true one: 0 where that is the most probable. Of equals the first class
/// ranks first, as in ``mostProbable(_:classCount:)``.
///
/// - Parameter probabilities: rows × classes, row-major.
package func ranksOfTruth(probabilities: [Float], truth: [Int], classCount: Int) -> [Int] {
    precondition(probabilities.count == truth.count * classCount, "one probability a row and class")
    return truth.indices.map { row in
        let start = row * classCount
        let given = probabilities[start + truth[row]]
        return (0..<classCount).count { label in
            let other = probabilities[start + label]
            return other > given || (other == given && label < truth[row])
        }
    }
}

/// The share of rows whose true class is among the `count` most probable; 0 without rows.
///
/// - Parameter ranks: of ``ranksOfTruth(probabilities:truth:classCount:)``.
package func topAccuracy(_ count: Int, ranks: [Int]) -> Double {
    ratio(ranks.count { $0 < count }, ranks.count)
}
