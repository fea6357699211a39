import Foundation

/// The interval of a difference of two rates on the same rows, first minus second (Bonett and Price 2012, "Adjusted
/// Wald confidence interval for a difference of binomial proportions based on paired data"): a row is added to either
/// kind that only one got right, so that few or none of these do not make the difference certain.
package func pairedDifferenceInterval(
    onlyFirst: Int, onlySecond: Int, rows: Int, level: Double = 0.95
) -> Interval {
    let count = Double(rows + 2)
    let (one, other) = (Double(onlyFirst + 1) / count, Double(onlySecond + 1) / count)
    let difference = one - other
    let half = normalQuantile(0.5 + level / 2) * ((one + other - difference * difference) / count).squareRoot()
    return Interval(lower: max(-1, difference - half), upper: min(1, difference + half), level: level)
}

/// The interval of a quotient of two rates on the same rows, first / second, by the variance of its logarithm (Bonett
/// and Price 2006, "Confidence intervals for a ratio of binomial proportions based on paired data"), with a row added
/// as in ``pairedDifferenceInterval(onlyFirst:onlySecond:rows:level:)``.
package func pairedRatioInterval(both: Int, onlyFirst: Int, onlySecond: Int, level: Double = 0.95) -> Interval {
    let first = Double(both + onlyFirst + 1)
    let second = Double(both + onlySecond + 1)
    let half = normalQuantile(0.5 + level / 2) * (Double(onlyFirst + onlySecond + 2) / (first * second)).squareRoot()
    return Interval(
        lower: both + onlyFirst == 0 ? 0 : first / second * exp(-half), upper: first / second * exp(half), level: level)
}
