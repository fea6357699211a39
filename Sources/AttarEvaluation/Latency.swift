import AttarStatistics

/// How long one prediction takes, measured one at a time on one core.
package struct LatencyFigures: Codable, Hashable, Sendable {
    /// Predictions timed.
    package var samples: Int
    package var p50Microseconds: Double
    package var p99Microseconds: Double
    /// Predictions a second over all rows in a row, without the clock between them.
    package var throughputPerSecond: Double?

    package init(
        samples: Int, p50Microseconds: Double, p99Microseconds: Double, throughputPerSecond: Double? = nil
    ) {
        self.samples = samples
        self.p50Microseconds = p50Microseconds
        self.p99Microseconds = p99Microseconds
        self.throughputPerSecond = throughputPerSecond
    }

    /// Figures of times that were measured elsewhere, as by a teacher's client; nil without any.
    package init?(microseconds: [Double], throughputPerSecond: Double? = nil) {
        guard let median = quantile(0.5, of: microseconds), let late = quantile(0.99, of: microseconds) else {
            return nil
        }
        self.init(
            samples: microseconds.count, p50Microseconds: median, p99Microseconds: late,
            throughputPerSecond: throughputPerSecond)
    }
}

/// Times the predictions of systems on the same rows.
///
/// Rows come in a seeded random order, so that no system profits from a row it has just seen, and systems take turns at
/// each row, so that a slow moment of the machine hits all of them. A warm-up comes first. The clock never goes back.
///
/// - Parameters:
///   - systems: for each system, one prediction on row i; what it returns (the label, say) is summed up, so that
///     the work has a use.
///   - rows: how many rows there are; without any the result is empty for each system.
///   - samples: predictions timed for each system, at least one.
///   - clock: what time is read from; tests pass their own.
/// - Throws: what a prediction throws.
package func measureLatency(
    systems: [(Int) throws -> Int], rows: Int, samples: Int = 2_000, warmUp: Int = 200, seed: UInt64 = 1,
    clock: () -> Duration = monotonicTime
) throws -> [LatencyFigures?] {
    precondition(samples > 0 && warmUp >= 0, "latency needs at least one sample")
    guard rows > 0 else { return systems.map { _ in nil } }
    var generator = SplitMix64(seed: seed)
    var order = generator.shuffled(Array(0..<rows))
    var times = systems.map { _ in [Double]() }
    var sum = 0
    for step in 0..<(warmUp + samples) {
        if step > 0, step % rows == 0 { order = generator.shuffled(order) }
        let row = order[step % rows]
        for turn in systems.indices {
            let system = (turn + step) % systems.count
            let start = clock()
            sum &+= try systems[system](row)
            let elapsed = clock() - start
            if step >= warmUp { times[system].append(elapsed.microseconds) }
        }
    }
    var figures: [LatencyFigures?] = []
    for (predict, microseconds) in zip(systems, times) {
        let start = clock()
        for step in 0..<samples { sum &+= try predict(order[step % rows]) }
        let seconds = (clock() - start).microseconds / 1e6
        figures.append(
            LatencyFigures(
                microseconds: microseconds, throughputPerSecond: seconds > 0 ? Double(samples) / seconds : nil))
    }
    return withExtendedLifetime(sum) { figures }
}

/// Time since a fixed moment, never going back.
package func monotonicTime() -> Duration {
    origin.duration(to: .now)
}

private let origin = ContinuousClock.now

extension Duration {
    var microseconds: Double {
        Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
    }
}
