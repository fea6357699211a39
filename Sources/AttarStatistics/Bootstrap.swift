/// How a bootstrap draws rows, which should be how the rows themselves were drawn.
package enum Resampling: String, Codable, Sendable {
    /// Any rows: for data taken as it comes, whose mix of classes is a matter of chance too.
    case rows
    /// As many rows of each class as there are: for data collected class by class. On data taken as it comes its intervals
    /// are too narrow: those of macro-F1 at 95 % held the true figure in 90 % of simulated samples, against 94 % with ``rows``.
    case rowsWithinClasses
}

/// Repeated draws of rows with replacement (Efron and Tibshirani 1993, §6 and §8).
///
/// Each draw has its own random numbers, so draws are shared among the processor's cores and come out the same on any number.
package struct Bootstrap: Sendable {
    private let rowCount: Int
    /// Rows ordered by stratum; empty if all are one stratum.
    private let order: [Int32]
    /// Where each stratum ends.
    private let ends: [Int]
    private let seed: UInt64

    /// - Parameter classes: the true class of each row.
    package init(classes: [Int], resampling: Resampling = .rows, seed: UInt64) {
        self.seed = seed
        rowCount = classes.count
        switch resampling {
        case .rows:
            order = []
            ends = classes.isEmpty ? [] : [classes.count]
        case .rowsWithinClasses:
            let rows = classes.indices.sorted { (classes[$0], $0) < (classes[$1], $1) }
            order = rows.map(Int32.init)
            ends = rows.indices.map { $0 + 1 }.filter {
                $0 == rows.count || classes[rows[$0]] != classes[rows[$0 - 1]]
            }
        }
    }

    /// Figures of each of `count` draws: draws × figures. Differences of figures of the same draw are paired.
    ///
    /// - Parameter figures: handed how often each row was drawn.
    package func draws(_ count: Int, figures: @Sendable (_ weights: [UInt16]) -> [Double]) -> [[Double]] {
        var generator = SplitMix64(seed: seed)
        let seeds = (0..<count).map { _ in generator.next() }
        let block = 16
        return concurrentMap((count + block - 1) / block) { number in
            var weights = [UInt16](repeating: 0, count: rowCount)
            return seeds[(number * block)..<min(count, (number + 1) * block)].map { seed in
                redraw(into: &weights, seed: seed)
                return figures(weights)
            }
        }.flatMap { $0 }
    }

    /// One 64-bit number serves two rows: 32 bits scaled to a stratum's size favour no row by more than size / 2³².
    private func redraw(into weights: inout [UInt16], seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        weights.withUnsafeMutableBufferPointer { weights in
            weights.update(repeating: 0)
            var start = 0
            for end in ends {
                let size = UInt64(end - start)
                var position = start
                while position < end {
                    let bits = generator.next()
                    weights[row(at: start + Int(((bits >> 32) &* size) >> 32))] += 1
                    if position + 1 < end {
                        weights[row(at: start + Int(((bits & 0xFFFF_FFFF) &* size) >> 32))] += 1
                    }
                    position += 2
                }
                start = end
            }
        }
    }

    private func row(at place: Int) -> Int { order.isEmpty ? place : Int(order[place]) }
}

/// The percentile interval of macro-F1; nil without rows or draws.
package func macroF1Interval(
    truth: [Int], predicted: [Int], classCount: Int, draws: Int = 1000, level: Double = 0.95,
    resampling: Resampling = .rows, seed: UInt64
) -> Interval? {
    JointBootstrap(
        truth: truth, predictions: [predicted], pairs: [], classCount: classCount, draws: draws, level: level,
        resampling: resampling, seed: seed
    ).systems[0].macroF1
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
    let means = Bootstrap(classes: classes, resampling: resampling, seed: seed).draws(draws) { weights in
        [zip(weights, values).reduce(0) { $0 + Double($1.0) * $1.1 } / Double(values.count)]
    }
    return Interval(percentilesOf: means.map { $0[0] }, level: level)
}
