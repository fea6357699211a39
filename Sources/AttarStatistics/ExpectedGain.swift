import Foundation

/// What further rows are likely to bring.
package struct ExpectedGain: Codable, Hashable, Sendable {
    /// Accuracy, as a share: 0.01 is a point.
    package let gain: Double
    package let interval: Interval

    /// The gain from the last size to `further` rows more, by curves through the sizes so far (``SaturatingCurves``).
    ///
    /// Each draw behind the interval takes judges with replacement, the same for all sizes since the same rows judge all, and one of
    /// the curves by its likelihood: so it holds what chance did to the judges, and what is not known of the curve's shape.
    /// No gain is more than what is left to gain: the share of judges answered wrongly, or for the upper end its Wilson bound.
    /// Nil with fewer than four sizes, which tell nothing of a bend, or without judges.
    ///
    /// - Parameters:
    ///   - rows: sizes, ascending.
    ///   - correct: for each size, whether each judge was answered rightly.
    package init?(
        rows: [Int], correct: [[Bool]], further: Int, level: Double, draws: Int = 1000, seed: UInt64
    ) {
        precondition(rows.count == correct.count, "each size is judged")
        guard rows.count >= 4, let judges = correct.first?.count, judges > 0 else { return nil }
        let curves = SaturatingCurves(rows: rows, further: further, variance: Self.scatter(correct))
        let right = correct[correct.count - 1].count { $0 }
        let left = 1 - Double(right) / Double(judges)
        let mean = curves.fits(correct.map { Double($0.count { $0 }) / Double(judges) }).reduce(0) {
            $0 + $1.likelihood * $1.gain
        }
        gain = min(mean, left)
        var generator = SplitMix64(seed: seed)
        let seeds = (0..<draws).map { _ in generator.next() }
        let drawn = concurrentMap(draws) { draw in
            var generator = SplitMix64(seed: seeds[draw])
            let chosen = (0..<judges).map { _ in generator.below(judges) }
            let fits = curves.fits(correct.map { right in Double(chosen.count { right[$0] }) / Double(judges) })
            var place = generator.uniform()
            for fit in fits {
                place -= fit.likelihood
                if place < 0 { return fit.gain }
            }
            return fits.last?.gain ?? 0
        }
        let drawnInterval = Interval(percentilesOf: drawn, level: level)
        let mostLeft = 1 - wilsonInterval(successes: right, trials: judges, level: level).lower
        interval = Interval(
            lower: min(drawnInterval.lower, left), upper: min(drawnInterval.upper, mostLeft), level: level)
    }

    /// The variance of a measured accuracy about its curve: half that of the difference of two neighbours, from the judges that only
    /// one of them got right.
    private static func scatter(_ correct: [[Bool]]) -> Double {
        let judges = Double(correct[0].count)
        let differing = zip(correct, correct.dropFirst()).suffix(4).map { left, right in
            Double(zip(left, right).count { $0 != $1 }) + 1
        }
        return (mean(differing) ?? 1) / (2 * judges * judges)
    }
}

/// Learning curves that flatten: accuracy after n rows is ceiling − scale · f(n), scale ≥ 0, ceiling ≤ 1, f an inverse power or an
/// exponential of some rate (the shapes: Viering and Loog 2023, "The shape of learning curves").
///
/// Which one it is cannot be told from a few noisy points, so all are kept with their likelihoods (Akaike weights: Burnham and
/// Anderson 2002, section 2.9).
struct SaturatingCurves: Sendable {
    struct Fit {
        /// They sum to 1.
        var likelihood: Double
        let gain: Double
    }

    /// A shape: its values at the sizes, its fall over the rows to come, and what depends on these alone.
    private struct Shape {
        let values: [Double]
        let fall: Double
        let mean: Double
        let square: Double
    }

    private let variance: Double
    private let weights: [Double]
    private let mass: Double
    private let shapes: [Shape]

    /// - Parameter variance: of a measured accuracy about the curve.
    init(rows: [Int], further: Int, variance: Double) {
        self.variance = variance
        let last = Double(rows[rows.count - 1])
        let shares = rows.map { Double($0) / last }
        // Later sizes weigh more: curves bend otherwise at their beginning.
        let (weights, mass) = (shares, shares.reduce(0, +))
        (self.weights, self.mass) = (weights, mass)
        let powers: [@Sendable (Double) -> Double] = (1...8).map { step in
            { exp(-Double(step) / 4 * log($0)) }
        }
        let exponentials: [@Sendable (Double) -> Double] = (0...7).map { step in
            let rate = 0.5 * exp(Double(step) / 3)
            return { exp(-rate * $0) }
        }
        let next = 1 + Double(further) / last
        shapes = (powers + exponentials).map { shape in
            let values = shares.map(shape)
            let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / mass
            let square = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
            return Shape(values: values, fall: shape(1) - shape(next), mean: mean, square: square)
        }
    }

    /// The least-squares fit of each shape.
    func fits(_ accuracies: [Double]) -> [Fit] {
        let mean = zip(weights, accuracies).reduce(0) { $0 + $1.0 * $1.1 } / mass
        let fits = shapes.map { shape in
            let product = accuracies.indices.reduce(0) {
                $0 + weights[$1] * (shape.values[$1] - shape.mean) * (accuracies[$1] - mean)
            }
            var scale = shape.square > 0 ? max(-product / shape.square, 0) : 0
            var ceiling = mean + scale * shape.mean
            if ceiling > 1 {
                // The best scale where the ceiling is 1.
                let down = accuracies.indices.reduce(0) { $0 + weights[$1] * shape.values[$1] * (1 - accuracies[$1]) }
                let squares = accuracies.indices.reduce(0) { $0 + weights[$1] * shape.values[$1] * shape.values[$1] }
                (scale, ceiling) = (max(down / squares, 0), 1)
            }
            let error = accuracies.indices.reduce(0) { sum, index in
                let difference = accuracies[index] - (ceiling - scale * shape.values[index])
                return sum + weights[index] * difference * difference
            }
            return (error: error, gain: scale * shape.fall)
        }
        let least = fits.map(\.error).min() ?? 0
        let likelihoods = fits.map { exponential((least - $0.error) / (2 * variance)) }
        let total = likelihoods.reduce(0, +)
        return zip(fits, likelihoods).map { Fit(likelihood: $1 / total, gain: $0.gain) }
    }
}
