/// A threshold that holds for the rows that were given one of some labels.
package struct LabelGroupFit: Sendable, Hashable, Codable {
    package let labels: [Int]
    package let fit: ThresholdFit

    package init(labels: [Int], fit: ThresholdFit) {
        self.labels = labels
        self.fit = fit
    }
}

/// What ``learnThenTest(scores:correct:grid:target:error:)`` looks at of a set of rows.
package struct ScoredRows: Sendable {
    package let scores: [Double]
    package let correct: [Bool]
    /// The label given to each row.
    package let labels: [Int]

    package init(scores: [Double], correct: [Bool], labels: [Int]) {
        precondition(
            scores.count == correct.count && labels.count == scores.count, "each row has a score, a verdict, a label")
        self.scores = scores
        self.correct = correct
        self.labels = labels
    }

    package func filter(_ isKept: (Int) -> Bool) -> ScoredRows {
        let rows = scores.indices.filter(isKept)
        return ScoredRows(
            scores: rows.map { scores[$0] }, correct: rows.map { correct[$0] }, labels: rows.map { labels[$0] })
    }
}

/// A threshold for each label that has rows enough to show the target by itself, and one for all others together.
///
/// With confidence 1 − error all of them hold at once: each gets an equal part of the error (Bonferroni), and which labels
/// stand alone follows from how often they are given, not from what is right.
///
/// - Parameters:
///   - design: rows apart from the tested ones, which the thresholds to try are taken from.
package func learnThenTestByLabel(
    _ tested: ScoredRows, design: ScoredRows, labelCount: Int, target: Double, error: Double
) -> [LabelGroupFit] {
    var counts = [Int](repeating: 0, count: labelCount)
    for label in tested.labels { counts[label] += 1 }
    let order = (0..<labelCount).sorted { (counts[$1], $0) < (counts[$0], $1) }
    // Half more rows than the fewest that could pass without a mistake.
    func standAlone(_ number: Int) -> Bool {
        guard let least = leastRows(target: target, error: error / Double(number + (number < labelCount ? 1 : 0)))
        else {
            return false
        }
        return 2 * counts[order[number - 1]] >= 3 * least
    }
    let alone = (1...max(labelCount, 1)).last { $0 <= labelCount && standAlone($0) } ?? 0
    var groups = order.prefix(alone).map { [$0] }.sorted { $0[0] < $1[0] }
    if alone < labelCount { groups.append(order.suffix(labelCount - alone).sorted()) }
    return groups.map { labels in
        let isMember = (0..<labelCount).map(labels.contains)
        let rows = tested.filter { isMember[tested.labels[$0]] }
        let planned = design.filter { isMember[design.labels[$0]] }
        let grid = ThresholdGrid(
            scores: planned.scores, correct: planned.correct, rows: rows.scores.count, target: target,
            error: error / Double(groups.count))
        let fit = learnThenTest(
            scores: rows.scores, correct: rows.correct, grid: grid, target: target, error: error / Double(groups.count))
        return LabelGroupFit(labels: labels, fit: fit)
    }
}
