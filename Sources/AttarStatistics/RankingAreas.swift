import Foundation

/// The area under a ROC or precision–recall curve, of each class against the rest and over classes.
package struct RankingAreas: Hashable, Sendable {
    /// Nil for a class without rows of both kinds (ROC), or without rows of its own (precision–recall).
    package let classes: [Double?]
    /// The mean over the classes that have one; nil if none has.
    package let macro: Double?
    /// The same with each class weighted by its rows.
    package let weighted: Double?
    /// Nil where there is no figure, or where no row's ranking is in doubt (all right, say): its scatter is not known
    /// then.
    package let macroInterval: Interval?
    package let weightedInterval: Interval?
}

package enum RankingCurve: String, CaseIterable, Codable, Sendable {
    case roc, precisionRecall
}

/// The areas of both curves, each class's probability as its score. With two classes the second's is the binary figure.
///
/// Intervals by the infinitesimal jackknife on the logit scale, as a bootstrap would rank all rows again for each class
/// and draw.
///
/// - Parameters:
///   - probabilities: rows × classes, row-major; no value that is not a number.
///   - truth: the true class of each row.
package func rankingAreas(
    probabilities: [Float], truth: [Int], classCount: Int, level: Double = 0.95
) -> [RankingCurve: RankingAreas] {
    precondition(probabilities.count == truth.count * classCount, "one probability a row and class")
    var support = [Int](repeating: 0, count: classCount)
    for label in truth { support[label] += 1 }
    var sums: [RankingCurve: AreaSums] = [:]
    for curve in RankingCurve.allCases { sums[curve] = AreaSums(truth: truth, support: support) }
    // A few classes at a time keeps memory flat whatever the number of classes.
    let batch = 8
    for start in stride(from: 0, to: classCount, by: batch) {
        let ranked = concurrentMap(min(batch, classCount - start)) { place in
            let label = start + place
            let ranked = RankedScores(
                scores: truth.indices.map { probabilities[$0 * classCount + label] },
                isPositive: truth.map { $0 == label })
            return RankingCurve.allCases.map { ($0, ranked.area(under: $0), ranked.influences(on: $0)) }
        }
        for (place, areas) in ranked.enumerated() {
            for (curve, area, influences) in areas { sums[curve]?.add(area, influences, label: start + place) }
        }
    }
    return sums.mapValues { $0.areas(level: level) }
}

extension RankedScores {
    package func area(under curve: RankingCurve) -> Double? {
        switch curve {
        case .roc: rocArea
        case .precisionRecall: averagePrecision
        }
    }

    func influences(on curve: RankingCurve) -> [Double]? {
        switch curve {
        case .roc: rocAreaInfluences
        case .precisionRecall: averagePrecisionInfluences
        }
    }

    /// The interval of an area by the infinitesimal jackknife on the logit scale; nil as in ``RankingAreas``.
    package func interval(under curve: RankingCurve, level: Double = 0.95) -> Interval? {
        guard let area = area(under: curve), let influences = influences(on: curve) else { return nil }
        return logitInterval(area, influences: influences, level: level)
    }
}

/// Areas and their rows' influences, added up class by class.
private struct AreaSums {
    private let truth: [Int]
    private let support: [Int]
    private var classes: [Double?]
    private var macro = 0.0
    private var weighted = 0.0
    private var macroInfluences: [Double]
    private var weightedInfluences: [Double]

    init(truth: [Int], support: [Int]) {
        self.truth = truth
        self.support = support
        classes = [Double?](repeating: nil, count: support.count)
        macroInfluences = [Double](repeating: 0, count: truth.count)
        weightedInfluences = macroInfluences
    }

    mutating func add(_ area: Double?, _ influences: [Double]?, label: Int) {
        guard let area, let influences else { return }
        let rows = Double(support[label])
        classes[label] = area
        macro += area
        weighted += rows * area
        for row in influences.indices {
            macroInfluences[row] += influences[row]
            weightedInfluences[row] += rows * influences[row]
        }
    }

    func areas(level: Double) -> RankingAreas {
        let defined = classes.indices.filter { classes[$0] != nil }
        let rows = Double(defined.reduce(0) { $0 + support[$1] })
        guard rows > 0 else {
            return RankingAreas(classes: classes, macro: nil, weighted: nil, macroInterval: nil, weightedInterval: nil)
        }
        let mean = macro / Double(defined.count)
        let weightedMean = weighted / rows
        return RankingAreas(
            classes: classes, macro: mean, weighted: weightedMean,
            macroInterval: logitInterval(
                mean, influences: macroInfluences.map { $0 / Double(defined.count) }, level: level),
            weightedInterval: logitInterval(
                weightedMean,
                // A row also shifts the weights towards its own class.
                influences: truth.indices.map { row in
                    let shift = classes[truth[row]].map { $0 - weightedMean } ?? 0
                    return (weightedInfluences[row] + shift) / rows
                }, level: level))
    }
}

/// The normal interval on the logit scale of a figure in 0...1, of the influences of rows; nil where these are 0.
private func logitInterval(_ value: Double, influences: [Double], level: Double) -> Interval? {
    let error = influences.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard error > 0, value > 0, value < 1 else { return nil }
    let center = log(value / (1 - value))
    let half = normalQuantile(0.5 + level / 2) * error / (value * (1 - value))
    return Interval(lower: 1 / (1 + exp(half - center)), upper: 1 / (1 + exp(-half - center)), level: level)
}
