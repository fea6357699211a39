/// Wilson's score interval of a rate (Wilson 1927): covers close to its level from a few dozen trials on.
///
/// Without trials nothing is known: 0 to 1.
package func wilsonInterval(successes: Int, trials: Int, level: Double = 0.95) -> Interval {
    precondition(trials >= 0 && (0...trials).contains(successes), "successes lie in 0...trials")
    guard trials > 0 else { return Interval(lower: 0, upper: 1, level: level) }
    let z = normalQuantile(0.5 + level / 2)
    let count = Double(trials)
    let rate = Double(successes) / count
    let shrinkage = 1 + z * z / count
    let center = (rate + z * z / (2 * count)) / shrinkage
    let half = z / shrinkage * (rate * (1 - rate) / count + z * z / (4 * count * count)).squareRoot()
    return Interval(
        lower: successes == 0 ? 0 : max(0, center - half),
        upper: successes == trials ? 1 : min(1, center + half), level: level)
}

/// The exact interval of a rate (Clopper and Pearson 1934): never covers less than its level, so it is used in
/// guarantees.
package func clopperPearsonInterval(successes: Int, trials: Int, level: Double = 0.95) -> Interval {
    precondition(trials >= 0 && (0...trials).contains(successes), "successes lie in 0...trials")
    let tail = (1 - level) / 2
    let failures = trials - successes
    let lower = successes == 0 ? 0 : betaQuantile(tail, Double(successes), Double(failures + 1))
    let upper = failures == 0 ? 1 : betaQuantile(1 - tail, Double(successes + 1), Double(failures))
    return Interval(lower: lower, upper: upper, level: level)
}

/// The interval of a rate p: Wilson's where n·p·(1−p) ≥ 5 all over the exact interval, which it is elsewhere.
///
/// Wilson's is the shorter, but near 0 and 1 it covers less than its level for some rates (Brown, Cai and DasGupta
/// 2001, "Interval estimation for a binomial proportion"). Where the true n·p·(1−p) is below 5, the exact interval is
/// taken whenever it holds the true rate, so the level is kept there. Above, 95 % intervals cover 93 to 98 %.
package func rateInterval(successes: Int, trials: Int, level: Double = 0.95) -> Interval {
    let exact = clopperPearsonInterval(successes: successes, trials: trials, level: level)
    let isInside = [exact.lower, exact.upper].allSatisfy { Double(trials) * $0 * (1 - $0) >= 5 }
    return isInside ? wilsonInterval(successes: successes, trials: trials, level: level) : exact
}
