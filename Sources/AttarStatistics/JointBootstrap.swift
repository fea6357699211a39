/// Intervals of several systems' figures and of their differences, all from the same draws of rows.
///
/// A plain percentile interval is too narrow where few rows decide (errors of a good system, one large loss): it knows
/// no errors but those of the sample. So a lower bound is the quantile of draws in which about one row more (Poisson,
/// mean 1) is wrong, an upper one of draws in which about one more is right; for means, draws with about one more row
/// at the least or the largest value seen. This is how the exact interval of a rate differs from its bootstrap (Clopper
/// and Pearson 1934), and for means the bound of Learned-Miller and Thomas 2020 ("A new confidence interval for the
/// mean of a bounded random variable") with the extremes of the sample as limits. With many rows it changes nothing.
package struct JointBootstrap: Sendable {
    /// One system's intervals over the rows it answered; nil if there are none.
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
        let layout = DrawLayout(viewCount: views.all.count)
        let samples = bootstrap.draws(draws) { weights, generator in
            let counts = cells.counts(weights)
            var figures: [Double] = []
            figures.reserveCapacity(layout.meanStart + 2 * sums.owners.count)
            var rows: [Int] = []
            for view in views.all {
                let classes = cells.classes(of: view.system, answeredToo: view.other, counts: counts)
                rows.append(classes.rowCount)
                let worse = classes.turningWrong(generator.poissonOfMeanOne(), using: &generator)
                let better = classes.turningRight(generator.poissonOfMeanOne(), using: &generator)
                for classes in [classes, worse, better] {
                    figures += ClassAverage.allCases.map { classes.rowCount == 0 ? .nan : classes.average($0) }
                }
            }
            for (place, sum) in sums.sums(weights).enumerated() {
                let rows = Double(rows[sums.owners[place]])
                for extreme in [sums.extremes[place].least, sums.extremes[place].largest] {
                    let added = Double(generator.poissonOfMeanOne())
                    figures.append(rows == 0 ? .nan : (sum + added * extreme) / (rows + added))
                }
            }
            return figures
        }
        func interval(_ lower: ([Double]) -> Double, _ upper: ([Double]) -> Double) -> Interval? {
            Interval(lowerDraws: samples.map(lower), upperDraws: samples.map(upper), level: level)
        }
        let counts = cells.counts([UInt16](repeating: 1, count: truth.count))
        systems = predictions.indices.map { system in
            var averages: [ClassAverage: Interval] = [:]
            for average in ClassAverage.allCases {
                averages[average] = interval(
                    { $0[layout.place(of: average, view: system, .worse)] },
                    { $0[layout.place(of: average, view: system, .better)] })
            }
            let means = sums.owners.indices.filter { sums.owners[$0] == system }.map { layout.meanStart + 2 * $0 }
            return System(averages: averages, means: means.map { mean in interval({ $0[mean] }, { $0[mean + 1] }) })
        }
        self.pairs = zip(pairs, views.ofPairs).map { pair, views in
            let (one, two) = (views.first, views.second)
            let macroF1 = { (view: Int, kind: DrawLayout.Kind) in layout.place(of: .macroF1, view: view, kind) }
            let difference = interval(
                { $0[macroF1(one, .worse)] - $0[macroF1(two, .drawn)] },
                { $0[macroF1(one, .drawn)] - $0[macroF1(two, .worse)] })
            return difference.map {
                PairedDifference(
                    truth: truth, first: predictions[pair.first], second: predictions[pair.second],
                    classes: (
                        cells.classes(of: pair.first, answeredToo: pair.second, counts: counts),
                        cells.classes(of: pair.second, answeredToo: pair.first, counts: counts)
                    ), macroF1Interval: $0)
            }
        }
    }
}

/// Where a draw's figures are: averages of each view as drawn, with errors more and with errors fewer, then two of each
/// mean.
private struct DrawLayout: Sendable {
    enum Kind: Int { case drawn, worse, better }

    let viewCount: Int

    private var width: Int { ClassAverage.allCases.count }
    var meanStart: Int { viewCount * 3 * width }

    func place(of average: ClassAverage, view: Int, _ kind: Kind) -> Int {
        (view * 3 + kind.rawValue) * width + (ClassAverage.allCases.firstIndex(of: average) ?? 0)
    }
}

/// What is counted in each draw: each system on the rows it answered, and those of pairs on the rows that both
/// answered, where these are fewer.
private struct ComparedViews: Sendable {
    private(set) var all: [(system: Int, other: Int?)]
    /// Where the views of each pair's systems are.
    private(set) var ofPairs: [(first: Int, second: Int)] = []

    init(cells: AnswerCells, systemCount: Int, pairs: [(first: Int, second: Int)]) {
        all = (0..<systemCount).map { ($0, nil) }
        for pair in pairs {
            let first = place(of: pair.first, with: pair.second, cells)
            ofPairs.append((first, place(of: pair.second, with: pair.first, cells)))
        }
    }

    private mutating func place(of system: Int, with other: Int, _ cells: AnswerCells) -> Int {
        if cells.hasAnswers(of: other, whereAnswered: system) { return system }
        all.append((system, other))
        return all.count - 1
    }
}
