/// Thresholds to try, the most cautious first, and how the error allowed is divided among the points from which to start.
///
/// Made from rows apart from those that are tested: the guarantee then holds whatever these rows are like.
package struct ThresholdGrid: Sendable, Hashable {
    /// Descending.
    package let thresholds: [Double]
    /// The share of the allowed error of each threshold; they sum to 1.
    package let shares: [Double]

    package init(thresholds: [Double], shares: [Double]) {
        precondition(thresholds.count == shares.count, "each threshold has a share")
        self.thresholds = thresholds
        self.shares = shares
    }

    /// The scores that answer 1/steps, 2/steps, … of these rows, and 0, which answers all.
    ///
    /// Most of the error goes to the threshold at which these rows show the target most clearly, the rest to the most
    /// cautious one that can pass at all: so neither an unlucky first test nor a bold start loses everything.
    ///
    /// - Parameters:
    ///   - scores: 0…1, the larger, the surer; below 0 for rows that are not to be answered at all.
    ///   - correct: whether each of these rows was answered rightly.
    ///   - rows: rows that will be tested.
    package init(
        scores: [Double], correct: [Bool], rows: Int, target: Double, error: Double, steps: Int = 50
    ) {
        let curve = RiskCoverageCurve(scores: scores, correct: correct).points.filter { $0.threshold >= 0 }
        var chosen: [RiskCoverageCurve.Point] = []
        for point in curve where point.answered * steps >= point.rows * (chosen.count + 1) { chosen.append(point) }
        if chosen.last.map({ $0.threshold > 0 }) ?? true {
            // Without any rows to go by: all would be answered.
            let all = curve.last
            chosen.append(
                RiskCoverageCurve.Point(
                    threshold: 0, rows: all?.rows ?? 1, answered: all?.answered ?? 1, wrong: all?.wrong ?? 0))
        }
        let expected = chosen.map { Int(($0.coverage * Double(rows)).rounded()) }
        let boldest = Self.clearest(chosen, expected: expected, target: target)
        let least = leastRows(target: target, error: error * Self.cautiousShare)
        // A quarter more rows than the fewest that could pass without a mistake.
        let cautious = least.flatMap { least in expected.firstIndex { 4 * $0 >= 5 * least } }.map { min($0, boldest) }
        var shares = [Double](repeating: 0, count: chosen.count)
        shares[boldest] = 1 - Self.cautiousShare
        shares[cautious ?? boldest] += Self.cautiousShare
        self.init(thresholds: chosen.map(\.threshold), shares: shares)
    }

    private static let cautiousShare = 0.25

    /// Where the rate right is the most standard errors above the target, each count having one more row right and one wrong.
    private static func clearest(
        _ points: [RiskCoverageCurve.Point], expected: [Int], target: Double
    ) -> Int {
        let evidence = points.indices.map { index in
            let rate = Double(points[index].answered - points[index].wrong + 1) / Double(points[index].answered + 2)
            return (rate - target) * Double(expected[index]).squareRoot()
        }
        return evidence.indices.reduce(0) { evidence[$1] > evidence[$0] ? $1 : $0 }
    }
}

/// The fewest rows, all of them right, that show a rate above `target` with this error; nil where no number does.
package func leastRows(target: Double, error: Double) -> Int? {
    guard target < 1, error > 0 else { return nil }
    var (rows, chance) = (1, target)
    while chance > error {
        rows += 1
        chance *= target
    }
    return rows
}

/// A threshold above which the rate of right answers is at least the target, and what it was seen from.
package struct ThresholdFit: Sendable, Hashable, Codable {
    /// Nil where no threshold could be shown to hold the target: nothing is to be answered then.
    package let threshold: Double?
    /// Rows that were tested.
    package let rows: Int
    /// Those of them with a score of `threshold` or more, and of these the right ones.
    package let answered: Int
    package let correct: Int

    package init(threshold: Double?, rows: Int, answered: Int, correct: Int) {
        self.threshold = threshold
        self.rows = rows
        self.answered = answered
        self.correct = correct
    }
}

/// The boldest threshold of a grid above which, with confidence 1 − error, the rate of right answers is at least `target`
/// (Angelopoulos, Bates, Candès, Jordan and Lei 2021, "Learn then test").
///
/// A threshold's hypothesis, that the rate is below the target, is rejected by an exact binomial test on the rows above it. Thresholds are
/// tested from the most cautious on; the error allowed at a start is handed on from each one that is rejected to the next
/// ("fallback", Wiens and Dmitrienko 2005), so the chance that any rejection is wrong is at most `error`, however the tests depend
/// on each other.
package func learnThenTest(
    scores: [Double], correct: [Bool], grid: ThresholdGrid, target: Double, error: Double
) -> ThresholdFit {
    let curve = RiskCoverageCurve(scores: scores, correct: correct).points
    var best = ThresholdFit(threshold: nil, rows: scores.count, answered: 0, correct: 0)
    var (place, level) = (-1, 0.0)
    for (threshold, share) in zip(grid.thresholds, grid.shares) {
        while place + 1 < curve.count, curve[place + 1].threshold >= threshold { place += 1 }
        level += share * error
        guard level > 0 else { continue }
        let (answered, wrong) = place < 0 ? (0, 0) : (curve[place].answered, curve[place].wrong)
        if binomialTail(atMost: wrong, trials: answered, rate: 1 - target) <= level {
            best = ThresholdFit(
                threshold: threshold, rows: scores.count, answered: answered, correct: answered - wrong)
        } else {
            level = 0
        }
    }
    return best
}

/// The chance of at most so many successes of a binomial distribution. Only additions, multiplications and divisions in a fixed
/// order, with the power of two kept apart: the same bits on every machine, and no underflow.
package func binomialTail(atMost successes: Int, trials: Int, rate: Double) -> Double {
    precondition(successes >= 0 && trials >= 0, "counts are not negative")
    if successes >= trials || rate <= 0 { return 1 }
    if rate >= 1 { return 0 }
    // The term of 0 successes, (1 − rate)^trials; from there each by the one before.
    var term = ScaledNumber(1 - rate, toThe: trials)
    var sum = term
    let odds = rate / (1 - rate)
    for count in 0..<successes {
        term.multiply(by: Double(trials - count) / Double(count + 1) * odds)
        sum.add(term)
    }
    return min(1, sum.value)
}

/// A positive number with an exponent of its own.
private struct ScaledNumber {
    private var significand: Double
    private var exponent: Int

    /// By squaring.
    init(_ base: Double, toThe power: Int) {
        (significand, exponent) = (1, 0)
        for bit in stride(from: Int.bitWidth - power.leadingZeroBitCount - 1, through: 0, by: -1) {
            exponent *= 2
            multiply(by: significand)
            if power >> bit & 1 == 1 { multiply(by: base) }
        }
    }

    mutating func multiply(by factor: Double) {
        significand *= factor
        exponent += Int(significand.exponent)
        significand = significand.significand
    }

    mutating func add(_ other: ScaledNumber) {
        let shift = other.exponent - exponent
        if shift > 60 {
            // What is left of this one is below the other's last bits, but for the rounding that a sum would do too.
            self = other
        } else if shift >= -1000 {
            significand += Double(sign: .plus, exponent: shift, significand: other.significand)
            exponent += Int(significand.exponent)
            significand = significand.significand
        }
    }

    var value: Double { exponent < -1070 ? 0 : Double(sign: .plus, exponent: exponent, significand: significand) }
}
