/// The difference in accuracy and macro-F1 between two systems on the rows that both answered, first minus second.
package struct PairedDifference: Hashable, Sendable {
    package let rows: Int
    package let firstAccuracy: Double
    package let secondAccuracy: Double
    package let accuracy: Double
    package let accuracyInterval: Interval
    package let macroF1: Double
    package let macroF1Interval: Interval
    /// First's share of second's accuracy, first / second, with its interval; nil when second is never right.
    package let accuracyRatio: Double?
    package let accuracyRatioInterval: Interval?
    /// Rows that only one of the two got right.
    package let onlyFirstCorrect: Int
    package let onlySecondCorrect: Int
    /// Rows to which both gave the same class.
    package let sameAnswers: Int
    /// Exact McNemar test: how likely a split at least this uneven is if both are equally accurate.
    package let mcNemarProbability: Double

    /// The interval of macro-F1 by a paired bootstrap (both systems on the same draws of rows), those of accuracy by
    /// formula.
    ///
    /// Nil without rows or draws.
    package init?(
        truth: [Int], first: [Int], second: [Int], classCount: Int, draws: Int = 1000, level: Double = 0.95,
        resampling: Resampling = .rows, seed: UInt64
    ) {
        guard !truth.isEmpty, draws > 0 else { return nil }
        let joint = JointBootstrap(
            truth: truth, predictions: [first, second], pairs: [(0, 1)], classCount: classCount, draws: draws,
            level: level, resampling: resampling, seed: seed)
        guard let difference = joint.pairs[0] else { return nil }
        self = difference
    }

    /// - Parameter classes: the figures of both on the rows that both answered.
    init(
        truth: [Int], first: [Int?], second: [Int?], classes: (first: [ClassMetrics], second: [ClassMetrics]),
        macroF1Interval: Interval
    ) {
        let common = truth.indices.filter { first[$0] != nil && second[$0] != nil }
        let bothCorrect = common.count { first[$0] == truth[$0] && second[$0] == truth[$0] }
        rows = common.count
        onlyFirstCorrect = common.count { first[$0] == truth[$0] && second[$0] != truth[$0] }
        onlySecondCorrect = common.count { first[$0] != truth[$0] && second[$0] == truth[$0] }
        sameAnswers = common.count { first[$0] == second[$0] }
        firstAccuracy = classes.first.average(.accuracy)
        secondAccuracy = classes.second.average(.accuracy)
        accuracy = firstAccuracy - secondAccuracy
        accuracyInterval = pairedDifferenceInterval(
            onlyFirst: onlyFirstCorrect, onlySecond: onlySecondCorrect, rows: rows, level: macroF1Interval.level)
        accuracyRatio = secondAccuracy == 0 ? nil : firstAccuracy / secondAccuracy
        accuracyRatioInterval =
            secondAccuracy == 0
            ? nil
            : pairedRatioInterval(
                both: bothCorrect, onlyFirst: onlyFirstCorrect, onlySecond: onlySecondCorrect,
                level: macroF1Interval.level)
        macroF1 = classes.first.average(.macroF1) - classes.second.average(.macroF1)
        self.macroF1Interval = macroF1Interval
        mcNemarProbability = exactMcNemar(onlyFirstCorrect, onlySecondCorrect)
    }
}

/// The two-sided exact test of McNemar (1947) on the rows that only one of two systems got right: 1 when there are
/// none.
///
/// Under equal accuracy either is right on a discordant row with probability ½; the probability of a split at least as
/// uneven.
package func exactMcNemar(_ onlyFirstCorrect: Int, _ onlySecondCorrect: Int) -> Double {
    let fewer = min(onlyFirstCorrect, onlySecondCorrect)
    let discordant = onlyFirstCorrect + onlySecondCorrect
    guard discordant > 0 else { return 1 }
    return min(1, 2 * incompleteBeta(0.5, Double(discordant - fewer), Double(fewer + 1)))
}
