/// How a bootstrap draws rows, which should be how the rows themselves were drawn.
package enum Resampling: String, Codable, Sendable {
    /// Any rows: for data taken as it comes, whose mix of classes is a matter of chance too.
    case rows
    /// As many rows of each class as there are: for data collected class by class. On data taken as it comes its
    /// intervals are a little narrow: those of macro-F1 at 95 % held the true figure in 94.1 to 94.8 % of 2,000
    /// simulated samples of 200 to 2,000 rows, against 94.7 to 96.3 % with ``rows``.
    case rowsWithinClasses
}

/// Repeated draws of rows with replacement (Efron and Tibshirani 1993, §6 and §8).
///
/// Each draw has its own random numbers, so draws are shared among the processor's cores and come out the same on any
/// number.
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
    /// - Parameter figures: handed how often each row was drawn, and further random numbers of the draw.
    package func draws(
        _ count: Int, figures: @Sendable (_ weights: [UInt16], _ generator: inout SplitMix64) -> [Double]
    ) -> [[Double]] {
        var generator = SplitMix64(seed: seed)
        let seeds = (0..<count).map { _ in generator.next() }
        let block = 16
        return concurrentMap((count + block - 1) / block) { number in
            var weights = [UInt16](repeating: 0, count: rowCount)
            return seeds[(number * block)..<min(count, (number + 1) * block)].map { seed in
                var generator = SplitMix64(seed: seed)
                redraw(into: &weights, using: &generator)
                return figures(weights, &generator)
            }
        }.flatMap { $0 }
    }

    /// One 64-bit number serves two rows: 32 bits scaled to a stratum's size favour no row by more than size / 2³².
    private func redraw(into weights: inout [UInt16], using generator: inout SplitMix64) {
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

/// The bootstrap interval of macro-F1 (see ``JointBootstrap``); nil without rows or draws.
package func macroF1Interval(
    truth: [Int], predicted: [Int], classCount: Int, draws: Int = 1000, level: Double = 0.95,
    resampling: Resampling = .rows, seed: UInt64
) -> Interval? {
    JointBootstrap(
        truth: truth, predictions: [predicted], pairs: [], classCount: classCount, draws: draws, level: level,
        resampling: resampling, seed: seed
    ).systems[0].macroF1
}

/// The bootstrap interval of a mean of values by row, a loss say (see ``JointBootstrap``); nil without rows or draws.
///
/// - Parameter classes: the true class of each row.
package func meanInterval(
    of values: [Double], classes: [Int], draws: Int = 1000, level: Double = 0.95, resampling: Resampling = .rows,
    seed: UInt64
) -> Interval? {
    precondition(values.count == classes.count, "each row has a value and a class")
    return JointBootstrap(
        truth: classes, predictions: [classes], values: [[values]], pairs: [],
        classCount: (classes.max() ?? -1) + 1, draws: draws, level: level, resampling: resampling, seed: seed
    ).systems[0].means[0]
}
