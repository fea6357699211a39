/// Rows in order of falling score, rows of equal score together: what ROC and precision–recall figures are made of.
package struct RankedScores: Sendable {
    /// Rows of equal score.
    struct Tie: Sendable {
        let score: Float
        var positives: Int
        var negatives: Int
    }

    let ties: [Tie]
    /// The tie that each row belongs to, by row.
    let tieOfRow: [Int32]
    let isPositive: [Bool]
    package let positives: Int
    package let negatives: Int

    /// - Parameters:
    ///   - scores: the higher, the more likely the row is positive; no score is not a number.
    ///   - isPositive: whether each row is.
    package init(scores: [Float], isPositive: [Bool]) {
        precondition(scores.count == isPositive.count && scores.count <= Int32.max, "one score a row")
        var ties: [Tie] = []
        var tieOfRow = [Int32](repeating: 0, count: scores.count)
        for row in rowsByFallingKey(scores.map(rankKey)) {
            let row = Int(row)
            if ties.last?.score != scores[row] { ties.append(Tie(score: scores[row], positives: 0, negatives: 0)) }
            if isPositive[row] { ties[ties.count - 1].positives += 1 } else { ties[ties.count - 1].negatives += 1 }
            tieOfRow[row] = Int32(ties.count - 1)
        }
        self.ties = ties
        self.tieOfRow = tieOfRow
        self.isPositive = isPositive
        positives = ties.reduce(0) { $0 + $1.positives }
        negatives = scores.count - positives
    }

    /// The area under the ROC curve: how often a positive row scores higher than a negative one, equal scores counted
    /// half (Hanley and McNeil 1982). Nil without rows of both kinds.
    package var rocArea: Double? {
        guard positives > 0, negatives > 0 else { return nil }
        var above = 0
        var twice = 0
        for tie in ties {
            twice += tie.negatives * (2 * above + tie.positives)
            above += tie.positives
        }
        return Double(twice) / (2 * Double(positives) * Double(negatives))
    }

    /// Average precision: the sum over thresholds of precision times the gain in recall, without interpolation.
    /// Nil without positive rows.
    package var averagePrecision: Double? {
        guard positives > 0 else { return nil }
        var sum = 0.0
        var above = 0
        var rows = 0
        for tie in ties {
            above += tie.positives
            rows += tie.positives + tie.negatives
            sum += Double(tie.positives) * Double(above) / Double(rows)
        }
        return sum / Double(positives)
    }

    /// True and false positives at each distinct threshold, falling; rows that score at least the threshold count as
    /// positive. Their shares of all positives and negatives are the ROC curve; see ``ThresholdPoint/precision`` for
    /// the other one.
    package var curve: [ThresholdPoint] {
        var truePositives = 0
        var falsePositives = 0
        return ties.map { tie in
            truePositives += tie.positives
            falsePositives += tie.negatives
            return ThresholdPoint(
                threshold: tie.score, truePositives: truePositives, falsePositives: falsePositives,
                positives: positives, negatives: negatives)
        }
    }
}

/// What a threshold on scores does: one point of the ROC and of the precision–recall curve.
package struct ThresholdPoint: Hashable, Sendable {
    package let threshold: Float
    package let truePositives: Int
    package let falsePositives: Int
    package let positives: Int
    package let negatives: Int

    /// Of the positive rows, the share at or above the threshold; 0 without any. Also called recall.
    package var truePositiveRate: Double { ratio(truePositives, positives) }
    /// Of the negative rows, the share at or above the threshold; 0 without any.
    package var falsePositiveRate: Double { ratio(falsePositives, negatives) }
    /// Of the rows at or above the threshold, the share that is positive.
    package var precision: Double { ratio(truePositives, truePositives + falsePositives) }
}

/// A whole number that orders as the score does; both zeros have the same.
private func rankKey(_ score: Float) -> UInt32 {
    precondition(!score.isNaN, "a score is a number")
    let bits = (score + 0).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
}

/// Rows in order of falling key, by one byte after the other (radix sort): several times faster than by comparisons.
private func rowsByFallingKey(_ keys: [UInt32]) -> [Int32] {
    var order = keys.indices.map(Int32.init)
    var sorted = order
    for shift in [0, 8, 16, 24] {
        let place = { (key: UInt32) in 255 - Int(key >> shift & 255) }
        var counts = [Int](repeating: 0, count: 256)
        for key in keys { counts[place(key)] += 1 }
        var start = 0
        var starts = counts.map { count in
            defer { start += count }
            return start
        }
        keys.withUnsafeBufferPointer { keys in
            sorted.withUnsafeMutableBufferPointer { sorted in
                for row in order {
                    let place = place(keys[Int(row)])
                    sorted[starts[place]] = row
                    starts[place] += 1
                }
            }
        }
        swap(&order, &sorted)
    }
    return order
}
