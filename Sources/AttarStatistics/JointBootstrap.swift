/// Intervals of several systems' figures and of their differences, all from the same draws of rows.
package struct JointBootstrap: Sendable {
    /// One system's intervals over the rows it answered; nil if there are none.
    package struct System: Sendable {
        package let macroF1: Interval?
        /// Of the mean of each figure by row.
        package let means: [Interval?]
    }

    package let systems: [System]
    /// One for each pair asked for; nil if the two have no answered row in common.
    package let pairs: [PairedDifference?]

    /// - Parameters:
    ///   - truth: the true class of each row.
    ///   - predictions: for each system the class it gave to each row, nil for no answer.
    ///   - values: for each system figures by row, as its losses; rows without an answer are left out of their means.
    ///   - pairs: which systems are compared, first minus second.
    package init(
        truth: [Int], predictions: [[Int?]], values: [[[Double]]] = [], pairs: [(first: Int, second: Int)],
        classCount: Int, draws: Int, level: Double, resampling: Resampling, seed: UInt64
    ) {
        var counts = DrawCounts(truth: truth, predictions: predictions, classCount: classCount)
        let means = RowMeans(predictions: predictions, values: values)
        let systemCount = predictions.count
        let pairStart = systemCount + means.figureCount
        let bootstrap = Bootstrap(classes: truth, resampling: resampling, seed: seed)
        let samples = bootstrap.draws(draws, figures: pairStart + 3 * pairs.count) { rows, figures in
            counts.count(rows)
            for system in 0..<systemCount { figures[system] = counts.figures(of: system).macroF1 }
            means.compute(over: rows, into: &figures, at: systemCount)
            for (place, pair) in pairs.enumerated() {
                let one = counts.figures(of: pair.first, answeredToo: pair.second)
                let two = counts.figures(of: pair.second, answeredToo: pair.first)
                figures[pairStart + 3 * place] = one.accuracy - two.accuracy
                figures[pairStart + 3 * place + 1] = one.macroF1 - two.macroF1
                figures[pairStart + 3 * place + 2] = one.accuracy / two.accuracy
            }
        }
        func interval(_ figure: Int) -> Interval? {
            // A draw may hold none of the few rows that a system answered.
            let defined = samples[figure].filter { !$0.isNaN }
            return defined.isEmpty ? nil : Interval(percentilesOf: defined, level: level)
        }
        systems = (0..<systemCount).map { system in
            System(
                macroF1: interval(system),
                means: means.figures(of: system).map { interval(systemCount + $0) })
        }
        counts.count(truth.indices.map(Int32.init))
        self.pairs = pairs.enumerated().map { place, pair in
            let start = pairStart + 3 * place
            guard let accuracy = interval(start), let macroF1 = interval(start + 1) else { return nil }
            return PairedDifference(
                truth: truth, first: predictions[pair.first], second: predictions[pair.second],
                figures: (
                    counts.figures(of: pair.first, answeredToo: pair.second),
                    counts.figures(of: pair.second, answeredToo: pair.first)
                ),
                accuracyInterval: accuracy, macroF1Interval: macroF1,
                ratioInterval: samples[start + 2].allSatisfy(\.isFinite) ? interval(start + 2) : nil)
        }
    }
}

/// Means of figures by row over drawn rows: a row's figures lie together, so that a draw reads each row once.
private struct RowMeans {
    /// The system that each figure belongs to.
    private let owners: [Int]
    /// Rows × figures; 0 where the system has no answer.
    private var values: [Double]
    /// Rows × figures: 1 where the system answered. Empty if all answered all.
    private var answered: [Double]

    init(predictions: [[Int?]], values: [[[Double]]]) {
        let owners = values.indices.flatMap { system in values[system].map { _ in system } }
        let columns = values.flatMap { $0 }
        let isComplete = predictions.allSatisfy { !$0.contains(nil) }
        let rows = predictions.first?.count ?? 0
        self.owners = owners
        self.values = []
        answered = []
        self.values.reserveCapacity(rows * owners.count)
        for row in 0..<rows {
            for (owner, column) in zip(owners, columns) {
                let hasAnswer = predictions[owner][row] != nil
                self.values.append(hasAnswer ? column[row] : 0)
                if !isComplete { answered.append(hasAnswer ? 1 : 0) }
            }
        }
    }

    var figureCount: Int { owners.count }

    func figures(of system: Int) -> [Int] { owners.indices.filter { owners[$0] == system } }

    func compute(over rows: [Int32], into figures: inout [Double], at start: Int) {
        let width = owners.count
        guard width > 0 else { return }
        var sums = [Double](repeating: 0, count: width)
        add(values, over: rows, to: &sums)
        var totals = [Double](repeating: answered.isEmpty ? Double(rows.count) : 0, count: width)
        if !answered.isEmpty { add(answered, over: rows, to: &totals) }
        for index in 0..<width { figures[start + index] = sums[index] / totals[index] }
    }

    private func add(_ values: [Double], over rows: [Int32], to sums: inout [Double]) {
        let width = owners.count
        values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                for row in rows {
                    let start = Int(row) * width
                    for index in 0..<width { sums[index] += values[start + index] }
                }
            }
        }
    }
}
