import Foundation

/// The probability of that many successes in independent trials of the same rate.
///
/// From deviations, so that no large logarithms cancel (Loader 2000, "Fast and accurate computation of binomial
/// probabilities").
package func binomialProbability(successes: Int, trials: Int, rate: Double) -> Double {
    precondition((0...1).contains(rate), "a rate lies in 0...1")
    guard (0...trials).contains(successes) else { return 0 }
    let failures = Double(trials - successes)
    if rate == 0 || rate == 1 { return Double(successes) == rate * Double(trials) ? 1 : 0 }
    if successes == 0 { return exp(failures * log1p(-rate)) }
    if failures == 0 { return exp(Double(successes) * log(rate)) }
    let count = Double(trials)
    let hits = Double(successes)
    let correction = stirlingCorrection(count) - stirlingCorrection(hits) - stirlingCorrection(failures)
    let deviance = halfDeviance(hits, count * rate) + halfDeviance(failures, count * (1 - rate))
    return exp(correction - deviance) * (count / (2 * Double.pi * hits * failures)).squareRoot()
}

/// x ln(x / mean) + mean − x, without cancellation where both are near.
private func halfDeviance(_ value: Double, _ mean: Double) -> Double {
    let difference = value - mean
    if abs(difference) >= 0.1 * (value + mean) { return value * log(value / mean) - difference }
    // The series of the inverse hyperbolic tangent (Loader 2000, §4).
    let step = difference / (value + mean)
    var sum = difference * step
    var term = 2 * value * step
    for index in 1...1000 {
        term *= step * step
        let next = sum + term / Double(2 * index + 1)
        if next == sum { break }
        sum = next
    }
    return sum
}

/// The probability that `drawn` rows, taken without replacement from `rows` of which `marked` are marked, hold `hits`
/// of these.
package func hypergeometricProbability(hits: Int, drawn: Int, marked: Int, rows: Int) -> Double {
    precondition((0...rows).contains(drawn) && (0...rows).contains(marked), "neither may exceed the rows there are")
    guard hits >= max(0, drawn + marked - rows), hits <= min(drawn, marked) else { return 0 }
    guard drawn > 0, drawn < rows else { return 1 }
    let rate = Double(drawn) / Double(rows)
    return binomialProbability(successes: hits, trials: marked, rate: rate)
        * binomialProbability(successes: drawn - hits, trials: rows - marked, rate: rate)
        / binomialProbability(successes: drawn, trials: rows, rate: rate)
}

/// Fisher's exact test (1935), one-sided: how likely at least so many marked rows are among the drawn ones if marks are
/// spread at random.
package func fisherExactGreater(hits: Int, drawn: Int, marked: Int, rows: Int) -> Double {
    let most = min(drawn, marked)
    guard hits > max(0, drawn + marked - rows) else { return 1 }
    var term = hypergeometricProbability(hits: hits, drawn: drawn, marked: marked, rows: rows)
    var sum = term
    var place = hits
    while place < most {
        let next = Double(place + 1) * Double(rows - marked - drawn + place + 1)
        term *= Double(marked - place) * Double(drawn - place) / next
        if sum + term == sum && Double(marked - place) * Double(drawn - place) < next { break }
        sum += term
        place += 1
    }
    return min(1, sum)
}
