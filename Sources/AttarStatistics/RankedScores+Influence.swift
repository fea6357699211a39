extension RankedScores {
    /// How much each row weighs in the ROC area: its derivative by the row's weight, at weight 1 each, by row. These
    /// sum to 0, and their squares to the area's variance (infinitesimal jackknife, Jaeckel 1972; here that of DeLong,
    /// DeLong and Clarke-Pearson 1988 with n in place of n − 1).
    var rocAreaInfluences: [Double]? {
        guard let area = rocArea else { return nil }
        var above = 0
        var below = negatives
        var influences: [(positive: Double, negative: Double)] = []
        for tie in ties {
            below -= tie.negatives
            let outranked = (Double(below) + 0.5 * Double(tie.negatives)) / Double(negatives)
            let outranking = (Double(above) + 0.5 * Double(tie.positives)) / Double(positives)
            influences.append(((outranked - area) / Double(positives), (outranking - area) / Double(negatives)))
            above += tie.positives
        }
        return spread(influences)
    }

    /// The same of average precision. A row counts in the precision at each positive row that does not score higher; a
    /// positive one also brings the precision at its own threshold.
    var averagePrecisionInfluences: [Double]? {
        guard let average = averagePrecision else { return nil }
        let curve = curve
        var gain = 0.0
        var loss = 0.0
        var influences = [(positive: Double, negative: Double)](repeating: (0, 0), count: ties.count)
        for place in ties.indices.reversed() {
            let rows = Double(curve[place].truePositives + curve[place].falsePositives)
            let share = Double(ties[place].positives) / (rows * rows)
            gain += share * Double(curve[place].falsePositives)
            loss += share * Double(curve[place].truePositives)
            influences[place] = (
                (curve[place].precision - average + gain) / Double(positives), -loss / Double(positives)
            )
        }
        return spread(influences)
    }

    /// Influences by row, of those by tie.
    private func spread(_ influences: [(positive: Double, negative: Double)]) -> [Double] {
        zip(tieOfRow, isPositive).map { tie, isPositive in
            isPositive ? influences[Int(tie)].positive : influences[Int(tie)].negative
        }
    }
}
