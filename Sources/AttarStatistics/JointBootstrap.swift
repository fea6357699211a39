/// Intervals of several systems' figures and of their differences, all from the same draws of rows.
package struct JointBootstrap: Sendable {
    /// One system's percentile intervals over the rows it answered; nil if there are none.
    package struct System: Sendable {
        package let averages: [ClassAverage: Interval]
        /// Of the mean of each figure by row.
        package let means: [Interval?]

        package var macroF1: Interval? { averages[.macroF1] }
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
        let cells = AnswerCells(truth: truth, predictions: predictions, classCount: classCount)
        let sums = RowSums(predictions: predictions, values: values)
        let views = ComparedViews(cells: cells, systemCount: predictions.count, pairs: pairs)
        let bootstrap = Bootstrap(classes: truth, resampling: resampling, seed: seed)
        let width = ClassAverage.allCases.count
        let meanStart = views.all.count * width
        let samples = bootstrap.draws(draws) { weights in
            let counts = cells.counts(weights)
            let classes = views.all.map { cells.classes(of: $0.system, answeredToo: $0.other, counts: counts) }
            let averages = classes.flatMap { classes in
                ClassAverage.allCases.map { classes.rowCount == 0 ? .nan : classes.average($0) }
            }
            let means = zip(sums.owners, sums.sums(weights)).map { $1 / Double(classes[$0].rowCount) }
            return averages + means
        }
        func interval(_ figure: ([Double]) -> Double) -> Interval? {
            // A draw may hold none of the few rows that a system answered.
            let defined = samples.map(figure).filter { !$0.isNaN }
            return defined.isEmpty ? nil : Interval(percentilesOf: defined, level: level)
        }
        systems = predictions.indices.map { system in
            var averages: [ClassAverage: Interval] = [:]
            for (place, average) in ClassAverage.allCases.enumerated() {
                averages[average] = interval { $0[system * width + place] }
            }
            let means = sums.owners.indices.filter { sums.owners[$0] == system }
            return System(averages: averages, means: means.map { mean in interval { $0[meanStart + mean] } })
        }
        let counts = cells.counts([UInt16](repeating: 1, count: truth.count))
        let accuracyPlace = ClassAverage.allCases.firstIndex(of: .accuracy) ?? 0
        let macroF1Place = ClassAverage.allCases.firstIndex(of: .macroF1) ?? 0
        self.pairs = zip(pairs, views.ofPairs).map { pair, places in
            let (one, two) = (places.first * width, places.second * width)
            guard let accuracy = interval({ $0[one + accuracyPlace] - $0[two + accuracyPlace] }),
                let macroF1 = interval({ $0[one + macroF1Place] - $0[two + macroF1Place] })
            else { return nil }
            let ratio = { (draw: [Double]) in draw[one + accuracyPlace] / draw[two + accuracyPlace] }
            return PairedDifference(
                truth: truth, first: predictions[pair.first], second: predictions[pair.second],
                classes: (
                    cells.classes(of: pair.first, answeredToo: pair.second, counts: counts),
                    cells.classes(of: pair.second, answeredToo: pair.first, counts: counts)
                ),
                accuracyInterval: accuracy, macroF1Interval: macroF1,
                ratioInterval: samples.allSatisfy { ratio($0).isFinite } ? interval(ratio) : nil)
        }
    }
}

/// What is counted in each draw: each system on the rows it answered, and those of pairs on the rows that both answered,
/// where these are fewer.
private struct ComparedViews {
    private(set) var all: [(system: Int, other: Int?)]
    /// Where the views of each pair's systems are.
    private(set) var ofPairs: [(first: Int, second: Int)] = []

    init(cells: AnswerCells, systemCount: Int, pairs: [(first: Int, second: Int)]) {
        all = (0..<systemCount).map { ($0, nil) }
        for pair in pairs {
            ofPairs.append((place(of: pair.first, with: pair.second, cells), place(of: pair.second, with: pair.first, cells)))
        }
    }

    private mutating func place(of system: Int, with other: Int, _ cells: AnswerCells) -> Int {
        if cells.hasAnswers(of: other, whereAnswered: system) { return system }
        all.append((system, other))
        return all.count - 1
    }
}

/// Sums of figures by row over drawn rows: a row's figures lie together, so that a draw reads each row once.
private struct RowSums {
    /// The system that each figure belongs to.
    let owners: [Int]
    /// Rows × groups of four figures; 0 where the system has no answer.
    private var values: [SIMD4<Double>]
    private let groupCount: Int

    init(predictions: [[Int?]], values: [[[Double]]]) {
        let owners = values.indices.flatMap { system in values[system].map { _ in system } }
        let columns = values.flatMap { $0 }
        let rows = columns.first?.count ?? 0
        let groupCount = (columns.count + 3) / 4
        precondition(columns.allSatisfy { $0.count == rows }, "one figure a row")
        self.owners = owners
        self.groupCount = groupCount
        self.values = [SIMD4<Double>](repeating: .zero, count: rows * groupCount)
        for (place, owner) in owners.enumerated() {
            for row in 0..<rows where predictions[owner][row] != nil {
                self.values[row * groupCount + place / 4][place % 4] = columns[place][row]
            }
        }
    }

    /// The sum of each figure, each row taken as often as it was drawn.
    func sums(_ weights: [UInt16]) -> [Double] {
        guard groupCount > 0 else { return [] }
        var sums = [SIMD4<Double>](repeating: .zero, count: groupCount)
        values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                var place = 0
                for weight in weights {
                    let weight = Double(weight)
                    for group in 0..<groupCount { sums[group] += weight * values[place + group] }
                    place += groupCount
                }
            }
        }
        return owners.indices.map { sums[$0 / 4][$0 % 4] }
    }
}
