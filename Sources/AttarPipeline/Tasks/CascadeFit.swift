import AttarData
import AttarQuantization
import AttarRuntime
import AttarStatistics
import AttarTraining
import Foundation

/// Which texts a student answers by itself, and what was seen of it on the rows that say so: cascade.json.
package struct CascadeFit: Codable, Sendable {
    /// probability, margin or entropy.
    package let score: String
    /// gold or teacher.
    package let standard: String
    package let target: Double
    package let confidence: Double
    /// What is promised, in a sentence.
    package let guarantee: String
    /// Rows that thresholds were fitted on, and rows that the thresholds to try, the score and the gate came from.
    package let rows: Int
    package let designRows: Int
    /// The least familiarity that is answered; 0 for no gate.
    package let leastFamiliarity: Double
    /// One for all labels, or one for each group.
    package let groups: [LabelGroupFit]
    /// The share of the rows that is answered.
    package let coverage: Double
    package let coverageInterval: Interval
    /// The share of right answers among those: an estimate, not what is promised.
    package let accuracy: Double?
    /// Area under the risk–coverage curve of each score on the design rows.
    package let areas: [String: Double]
    /// Of the rows that thresholds were fitted on; unfamiliar ones come last, with threshold −1.
    package let curve: [RiskCoverageCurve.Point]
    package let area: Double?

    /// Fits thresholds to the calibration rows that probabilities were not calibrated on.
    init(
        _ section: CascadeSection, _ builder: ModelBuilder, _ model: ModelBuilder.Quantized, _ calibration: Calibration
    ) throws {
        let dataset = builder.dataset
        let standard = section.standard(of: dataset)
        let familiar = builder.familiarTokens
        let parts = builder.calibrationRows(thresholdShare: section.thresholdShare)
        func part(_ rows: [Int]) throws -> AnsweredRows {
            let known = rows.filter { builder.right(by: standard, row: $0) != nil }
            let texts = known.map { dataset.rows[$0].text }
            return AnsweredRows(
                probabilities: try builder.probabilities(of: texts, model, calibration), classes: builder.task.classes,
                familiarities: familiar.familiarities(
                    of: texts, featurizer: builder.task.featurizer),
                right: known.map { builder.right(by: standard, row: $0) ?? 0 })
        }
        let (design, tested) = (try part(parts.probabilities), try part(parts.thresholds))
        let gate =
            section.gate > 0
            ? quantile(section.gate, of: design.familiarities.map(Double.init)).map(Float.init) ?? 0 : 0

        var areas: [String: Double] = [:]
        for score in Cascade.Score.allCases {
            areas[score.name] =
                RiskCoverageCurve(
                    scores: design.scores(score, gate: gate), correct: design.correct
                ).area
        }
        let score = section.score.fixed ?? Cascade.Score.best(areas)
        let error = 1 - section.confidence
        let testedRows = tested.rows(score, gate: gate)
        let designRows = design.rows(score, gate: gate)
        switch section.guarantee {
        case .overall:
            let grid = ThresholdGrid(
                scores: designRows.scores, correct: designRows.correct, rows: testedRows.scores.count,
                target: section.target, error: error)
            let fit = learnThenTest(
                scores: testedRows.scores, correct: testedRows.correct, grid: grid, target: section.target,
                error: error)
            groups = [LabelGroupFit(labels: [], fit: fit)]
        case .perLabel:
            groups = learnThenTestByLabel(
                testedRows, design: designRows, labelCount: builder.task.classes, target: section.target, error: error)
        }
        let answered = groups.reduce(0) { $0 + $1.fit.answered }
        let curve = RiskCoverageCurve(scores: testedRows.scores, correct: testedRows.correct)
        self.score = score.name
        self.standard = standard.name
        target = section.target
        confidence = section.confidence
        rows = testedRows.scores.count
        self.designRows = designRows.scores.count
        leastFamiliarity = Double(gate)
        coverage = rows == 0 ? 0 : Double(answered) / Double(rows)
        coverageInterval = wilsonInterval(successes: answered, trials: rows)
        accuracy = answered == 0 ? nil : Double(groups.reduce(0) { $0 + $1.fit.correct }) / Double(answered)
        self.areas = areas
        self.curve = curve.thinned(to: 200)
        area = curve.area
        guarantee = Self.sentence(
            section, standard, rows: rows, coverage: coverage, isByLabel: section.guarantee == .perLabel)
    }

    private static func sentence(
        _ section: CascadeSection, _ standard: Cascade.Standard, rows: Int, coverage: Double, isByLabel: Bool
    ) -> String {
        let (target, confidence) = (percent(section.target), percent(section.confidence))
        guard coverage > 0 else {
            let least = leastRows(target: section.target, error: 1 - section.confidence) ?? 0
            return """
                It could not be shown that \(target) of any share of the answers are right, so all texts are deferred: \(rows) rows \
                were there to show it, which takes \(least) sure ones at the very least, without a mistake.
                """
        }
        let right = standard == .gold ? "are right" : "are the teacher's"
        let scope = isByLabel ? ", label by label," : ""
        return """
            With \(confidence) confidence, at least \(target) of the answers that the model gives by itself \(right)\(scope) on texts \
            like the \(rows) that its thresholds were fitted on; of those it answers \(percent(coverage)).
            """
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    /// As it goes into a model file.
    package func cascade(_ familiar: FamiliarTokens) -> Cascade? {
        guard let score = Cascade.Score.allCases.first(where: { $0.name == self.score }),
            let standard = Cascade.Standard.allCases.first(where: { $0.name == self.standard })
        else { return nil }
        var thresholds: [Float] = []
        for group in groups {
            let threshold = group.fit.threshold.map(Float.init) ?? Cascade.never
            if group.labels.isEmpty { thresholds = [threshold] }
            for label in group.labels {
                while thresholds.count <= label { thresholds.append(Cascade.never) }
                thresholds[label] = threshold
            }
        }
        return Cascade(
            score: score, standard: standard, target: Float(target), confidence: Float(confidence), rows: rows,
            coverage: Float(coverage), thresholds: thresholds, leastFamiliarity: Float(leastFamiliarity),
            familiar: familiar)
    }
}

/// What a model says of rows whose right answers are known.
private struct AnsweredRows {
    let probabilities: [Float]
    let classes: Int
    let familiarities: [Float]
    let right: [Int]

    var labels: [Int] {
        right.indices.map { likeliest(probabilities[($0 * classes)..<(($0 + 1) * classes)]) }
    }

    var correct: [Bool] { zip(labels, right).map { $0 == $1 } }

    /// −1 where the text is not familiar enough to be answered at all.
    func scores(_ score: Cascade.Score, gate: Float) -> [Double] {
        zip(score.values(of: probabilities, labels: classes), familiarities).map { value, familiarity in
            familiarity > 0 && familiarity >= gate ? Double(value) : -1
        }
    }

    func rows(_ score: Cascade.Score, gate: Float) -> ScoredRows {
        ScoredRows(scores: scores(score, gate: gate), correct: correct, labels: labels)
    }
}

extension CascadeSection {
    fileprivate func standard(of dataset: TextDataset) -> Cascade.Standard {
        switch against {
        case .gold: .gold
        case .teacher: .teacher
        case .automatic: dataset.rows.contains { $0.split == .calibration && $0.gold != nil } ? .gold : .teacher
        }
    }
}

extension CascadeSection.Score {
    fileprivate var fixed: Cascade.Score? {
        switch self {
        case .automatic: nil
        case .probability: .probability
        case .margin: .margin
        case .entropy: .entropy
        }
    }
}

extension Cascade.Score {
    package var name: String {
        switch self {
        case .probability: "probability"
        case .margin: "margin"
        case .entropy: "entropy"
        }
    }

    /// The one with the least area, the first of equals.
    fileprivate static func best(_ areas: [String: Double]) -> Cascade.Score {
        allCases.reduce(.probability) { (areas[$1.name] ?? 1) < (areas[$0.name] ?? 1) ? $1 : $0 }
    }
}

extension Cascade.Standard {
    package var name: String {
        switch self {
        case .gold: "gold"
        case .teacher: "teacher"
        }
    }
}
