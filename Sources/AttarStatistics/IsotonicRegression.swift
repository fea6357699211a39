/// The closest non-decreasing values: the least of Σ weights · (result − values)², by pooling adjacent violators (Ayer et al. 1955).
///
/// - Parameters:
///   - values: in the order in which the result does not decrease.
///   - weights: positive, one a value.
package func isotonicRegression(_ values: [Double], weights: [Double]) -> [Double] {
    precondition(values.count == weights.count, "one weight a value")
    var blocks: [(sum: Double, weight: Double, count: Int)] = []
    for (value, weight) in zip(values, weights) {
        var block = (sum: value * weight, weight: weight, count: 1)
        while let last = blocks.last, last.sum * block.weight >= block.sum * last.weight {
            block = (last.sum + block.sum, last.weight + block.weight, last.count + block.count)
            blocks.removeLast()
        }
        blocks.append(block)
    }
    return blocks.flatMap { [Double](repeating: $0.sum / $0.weight, count: $0.count) }
}

/// One increasing map for the probabilities of all classes, after which they are scaled to sum to 1: p ↦ eʸ⁽ᵖ⁾ / Σ eʸ with
/// y(p) = Σ slopes · max(p − knots, 0).
///
/// Isotonic regression (Zadrozny and Elkan 2002) for many classes: a map for each would need rows of each, so all share one
/// (Zhang, Kailkhura and Han 2020, "Mix-n-Match", §3.2), which also keeps the order of the classes. Its logarithm is
/// piecewise linear, so linear layers, rectifiers and a softmax compute it.
package struct IsotonicScaling: Hashable, Sendable, Codable {
    /// Ascending, from 0 on.
    package let knots: [Double]
    /// By how much the slope of y changes at each knot.
    package let slopes: [Double]

    package init(knots: [Double], slopes: [Double]) {
        self.knots = knots
        self.slopes = slopes
    }

    /// y of a probability.
    package func logarithm(of probability: Double) -> Double {
        zip(knots, slopes).reduce(0) { $0 + $1.1 * max(probability - $1.0, 0) }
    }

    /// Rows × classes, row-major.
    package func applied(to probabilities: [Float], classCount: Int) -> [Float] {
        stride(from: 0, to: probabilities.count, by: classCount).flatMap { start in
            let mapped = (start..<(start + classCount)).map { logarithm(of: Double(probabilities[$0])) }
            let largest = mapped.max() ?? 0
            let powers = mapped.map { exponential($0 - largest) }
            let total = powers.reduce(0, +)
            return powers.map { Float($0 / total) }
        }
    }
}

/// The map from the rates at which probabilities of like size come true.
///
/// Probabilities of all rows and classes, sorted, are cut into bins of equal sums, so that each expects as many hits; the
/// rates of the bins, each with two rows' worth of its mean probability besides, are made non-decreasing. Deterministic like
/// ``fitVectorScaling(logits:truth:classCount:temperature:ridge:)``. Without rows nothing changes but scale: the map of p itself cannot
/// be had from few knots, so callers keep the temperature there.
///
/// - Parameters:
///   - probabilities: rows × classes, row-major.
///   - truth: the true class of each row.
///   - bins: most knots above 0.
package func fitIsotonicScaling(
    probabilities: [Float], truth: [Int], classCount: Int, bins: Int = 12
) -> IsotonicScaling? {
    precondition(probabilities.count == truth.count * classCount && bins > 0, "one probability a row and class")
    guard !truth.isEmpty else { return nil }
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var points: [(probability: Double, rate: Double, weight: Double)] = []
    var (sum, hits, count, reached) = (0.0, 0.0, 0.0, 0.0)
    for (place, entry) in order.enumerated() {
        let probability = probabilities[entry]
        sum += Double(probability)
        reached += Double(probability)
        count += 1
        if truth[entry / classCount] == entry % classCount { hits += 1 }
        let isLast = place + 1 == order.count
        let goesOn = !isLast && probabilities[order[place + 1]] == probability
        let isFull = reached * Double(bins) >= Double(truth.count * (points.count + 1))
        guard isLast || isFull && !goesOn else { continue }
        let mean = sum / count
        points.append((mean, (hits + 2 * mean) / (count + 2), count + 2))
        (sum, hits, count) = (0, 0, 0)
    }
    let rates = isotonicRegression(points.map(\.rate), weights: points.map(\.weight))
    return IsotonicScaling(through: zip(points, rates).map { ($0.probability, $1) })
}

extension IsotonicScaling {
    /// Least growth of y: equal rates must not make classes equal, or their order would be lost.
    private static let leastSlope = 0.01

    /// Straight lines between the logarithms of these rates, at ascending probabilities; the first and last go on.
    fileprivate init(through points: [(probability: Double, rate: Double)]) {
        var (knots, slopes): ([Double], [Double]) = ([0], [])
        var slope = 0.0
        for (index, point) in points.enumerated().dropFirst() {
            let before = points[index - 1]
            let width = point.probability - before.probability
            guard width > 1e-6 else { continue }
            let rise = naturalLogarithm(max(point.rate, 1e-9)) - naturalLogarithm(max(before.rate, 1e-9))
            let next = max(rise / width, Self.leastSlope)
            if slopes.isEmpty {
                slopes.append(next)
            } else {
                knots.append(before.probability)
                slopes.append(next - slope)
            }
            slope = next
        }
        if slopes.isEmpty { slopes.append(Self.leastSlope) }
        self.init(knots: knots, slopes: slopes)
    }
}
