/// The interval of a difference between two rates of the same rows, by the rows on which only one of the two holds
/// (Agresti and Min 2005, "Simple improved confidence intervals for comparing matched proportions", adding ½ to each cell).
///
/// Nothing is known without trials: −1 to 1.
package func pairedRateDifference(onlyFirst: Int, onlySecond: Int, trials: Int, level: Double = 0.95) -> Interval {
    precondition(onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= trials, "parts of the trials")
    guard trials > 0 else { return Interval(lower: -1, upper: 1, level: level) }
    let count = Double(trials) + 2
    let (first, second) = (Double(onlyFirst) + 0.5, Double(onlySecond) + 0.5)
    let center = (first - second) / count
    let variance = (first + second - (first - second) * (first - second) / count) / (count * count)
    let half = normalQuantile(0.5 + level / 2) * variance.squareRoot()
    return Interval(lower: max(-1, center - half), upper: min(1, center + half), level: level)
}
