/// One bin of a reliability curve: rows of like confidence, and how often they were right.
package struct ReliabilityBin: Codable, Hashable, Sendable {
    package let rows: Int
    package let correct: Int
    /// Mean probability given to the predicted class.
    package let confidence: Double

    /// Share of the bin's rows that were right.
    package var accuracy: Double { Double(correct) / Double(rows) }

    package init(rows: Int, correct: Int, confidence: Double) {
        self.rows = rows
        self.correct = correct
        self.confidence = confidence
    }
}

/// Rows sorted by confidence and cut into bins of equal mass (Nixon et al. 2019, "Measuring calibration in deep
/// learning").
///
/// Rows of equal confidence stay in one bin, so the result does not depend on the order of rows; there are then fewer
/// bins.
///
/// - Parameters:
///   - confidences: the probability that each row gave to its predicted class.
///   - correct: whether that class was the true one.
package func reliabilityCurve(confidences: [Double], correct: [Bool], bins: Int = 15) -> [ReliabilityBin] {
    precondition(confidences.count == correct.count && bins > 0, "one confidence a row, at least one bin")
    let order = confidences.indices.sorted { (confidences[$0], $0) < (confidences[$1], $1) }
    var curve: [ReliabilityBin] = []
    var start = 0
    for bin in 1...bins {
        var end = max(start, order.count * bin / bins)
        while end > start, end < order.count, confidences[order[end]] == confidences[order[end - 1]] { end += 1 }
        guard end > start else { continue }
        let members = order[start..<end]
        curve.append(
            ReliabilityBin(
                rows: members.count, correct: members.count { correct[$0] },
                confidence: members.reduce(0) { $0 + confidences[$1] } / Double(members.count)))
        start = end
    }
    return curve
}

/// How far confidence is from accuracy, on average over rows (Naeini, Cooper and Hauskrecht 2015): 0 is calibrated. Nil
/// without rows.
package func expectedCalibrationError(_ curve: [ReliabilityBin]) -> Double? {
    let rows = curve.reduce(0) { $0 + $1.rows }
    guard rows > 0 else { return nil }
    return curve.reduce(0) { $0 + abs($1.accuracy - $1.confidence) * Double($1.rows) } / Double(rows)
}

/// The interval of the calibration error over these bins; nil without rows. It holds the true figure more often than
/// its level.
///
/// Scatter within bins makes the figure too large on average, more so than percentiles of a bootstrap, which adds
/// scatter again, can tell: those at 95 % held the true one in 0 to 70 % of simulated samples. Here the lower bound
/// takes off what scatter alone brings at most (by the triangle inequality the figure exceeds the true one by no more
/// than that), and the upper one adds the figure's own scatter, as it is not too small on average.
package func calibrationErrorInterval(
    _ curve: [ReliabilityBin], level: Double = 0.95, draws: Int = 1000, seed: UInt64
) -> Interval? {
    guard let error = expectedCalibrationError(curve), draws > 0 else { return nil }
    let rows = Double(curve.reduce(0) { $0 + $1.rows })
    // One row right and one wrong added: a bin of right rows alone scatters too.
    let scatters = curve.map { bin in
        let rate = Double(bin.correct + 1) / Double(bin.rows + 2)
        return Double(bin.rows) / rows * (rate * (1 - rate) / Double(bin.rows)).squareRoot()
    }
    var generator = SplitMix64(seed: seed)
    let scatterAlone = (0..<draws).map { _ in scatters.reduce(0) { $0 + $1 * abs(generator.normal()) } }
    let most = quantile(0.5 + level / 2, of: scatterAlone) ?? 0
    let half = normalQuantile(0.5 + level / 2) * scatters.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return Interval(lower: max(0, error - most), upper: min(1, error + half), level: level)
}

/// The calibration error that a perfectly calibrated system with these confidences stays below with probability
/// `level`, by chance alone: with few rows, or many bins, bins miss their confidence without any fault of the system.
///
/// By simulation (Bröcker and Smith 2007, "Increasing the reliability of reliability diagrams"): each row is right with
/// the probability that is its confidence. Nil without rows.
package func calibrationErrorByChance(
    confidences: [Double], bins: Int = 15, level: Double = 0.95, draws: Int = 200, seed: UInt64
) -> Double? {
    guard !confidences.isEmpty, draws > 0 else { return nil }
    let curve = reliabilityCurve(confidences: confidences, correct: confidences.map { _ in false }, bins: bins)
    let sorted = confidences.sorted()
    var generator = SplitMix64(seed: seed)
    let errors = (0..<draws).map { _ in
        var start = 0
        var error = 0.0
        for bin in curve {
            var correct = 0
            for row in start..<start + bin.rows where generator.uniform() < sorted[row] { correct += 1 }
            error += abs(Double(correct) - bin.confidence * Double(bin.rows))
            start += bin.rows
        }
        return error / Double(sorted.count)
    }
    return quantile(level, of: errors)
}
