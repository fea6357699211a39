/// How a bootstrap draws rows, which should be how the rows themselves were drawn.
package enum Resampling: String, Codable, Sendable {
    /// Any rows: for data taken as it comes, whose mix of classes is a matter of chance too.
    case rows
    /// As many rows of each class as there are: for data collected class by class. On data taken as it comes its intervals
    /// are too narrow: those of macro-F1 at 95 % held the true figure in 90 % of simulated samples, against 94 % with ``rows``.
    case rowsWithinClasses
}

/// Repeated draws of rows with replacement (Efron and Tibshirani 1993, §6 and §8).
package struct Bootstrap: Sendable {
    /// Rows ordered by stratum, and where each stratum ends.
    private let rows: [Int32]
    private let ends: [Int]
    private let seed: UInt64

    /// - Parameter classes: the true class of each row.
    package init(classes: [Int], resampling: Resampling = .rows, seed: UInt64) {
        self.seed = seed
        switch resampling {
        case .rows:
            rows = classes.indices.map(Int32.init)
            ends = classes.isEmpty ? [] : [classes.count]
        case .rowsWithinClasses:
            let order = classes.indices.sorted { (classes[$0], $0) < (classes[$1], $1) }
            rows = order.map(Int32.init)
            ends = order.indices.map { $0 + 1 }.filter {
                $0 == order.count || classes[order[$0]] != classes[order[$0 - 1]]
            }
        }
    }

    /// A figure of each of `count` draws; `figure` is handed the rows drawn.
    package func draws(_ count: Int, figure: (_ rows: [Int32]) -> Double) -> [Double] {
        draws(count, figures: 1) { rows, figures in figures[0] = figure(rows) }[0]
    }

    /// Several figures of the same draws, each as an array over the draws: differences of such arrays are paired.
    package func draws(
        _ count: Int, figures: Int, compute: (_ rows: [Int32], _ figures: inout [Double]) -> Void
    ) -> [[Double]] {
        var generator = SplitMix64(seed: seed)
        var drawn = rows
        var current = [Double](repeating: 0, count: figures)
        var results = [[Double]](repeating: [Double](repeating: 0, count: count), count: figures)
        for draw in 0..<count {
            redraw(into: &drawn, using: &generator)
            compute(drawn, &current)
            for figure in 0..<figures { results[figure][draw] = current[figure] }
        }
        return results
    }

    /// One 64-bit number serves two rows: 32 bits scaled to a stratum's size favour no row by more than size / 2³².
    private func redraw(into drawn: inout [Int32], using generator: inout SplitMix64) {
        rows.withUnsafeBufferPointer { source in
            drawn.withUnsafeMutableBufferPointer { target in
                var start = 0
                for end in ends {
                    let size = UInt64(end - start)
                    var position = start
                    while position < end {
                        let bits = generator.next()
                        target[position] = source[start + Int(((bits >> 32) &* size) >> 32)]
                        if position + 1 < end {
                            target[position + 1] = source[start + Int(((bits & 0xFFFF_FFFF) &* size) >> 32)]
                        }
                        position += 2
                    }
                    start = end
                }
            }
        }
    }
}

/// The percentile interval of macro-F1; nil without rows or draws.
package func macroF1Interval(
    truth: [Int], predicted: [Int], classCount: Int, draws: Int = 1000, level: Double = 0.95,
    resampling: Resampling = .rows, seed: UInt64
) -> Interval? {
    guard !truth.isEmpty, draws > 0 else { return nil }
    var counts = DrawCounts(truth: truth, predictions: [predicted], classCount: classCount)
    let figures = Bootstrap(classes: truth, resampling: resampling, seed: seed).draws(draws) { rows in
        counts.count(rows)
        return counts.figures(of: 0).macroF1
    }
    return Interval(percentilesOf: figures, level: level)
}

/// The percentile interval of a mean of values by row (a loss, say); nil without rows or draws.
///
/// - Parameter classes: the true class of each row.
package func meanInterval(
    of values: [Double], classes: [Int], draws: Int = 1000, level: Double = 0.95, resampling: Resampling = .rows,
    seed: UInt64
) -> Interval? {
    precondition(values.count == classes.count, "each row has a value and a class")
    guard !values.isEmpty, draws > 0 else { return nil }
    let figures = Bootstrap(classes: classes, resampling: resampling, seed: seed).draws(draws) { rows in
        rows.reduce(0) { $0 + values[Int($1)] } / Double(rows.count)
    }
    return Interval(percentilesOf: figures, level: level)
}
