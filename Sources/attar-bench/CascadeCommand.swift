import ArgumentParser
import AttarData
import AttarRuntime
import AttarStatistics
import Foundation

/// attar-bench cascade
struct CascadeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cascade",
        abstract:
            "How often a cascade's guarantee fails, and what it costs in coverage, over many divisions of a pool.",
        discussion: """
            Each time, some rows of the pool fit the threshold; then the share of right answers is taken over the whole pool. The thresholds \
            to try come from the calibration rows of the run, which the pool has no part in.
            """)

    @Argument(help: "The model file of a run.") var model: String
    @Argument(help: "A table with the columns text and label.") var pool: String
    @Option(help: "dataset.h5 of the run.") var dataset: String
    @Option(help: "Divisions of the pool.") var resplits = 1000
    @Option(help: "Most rows that fit a threshold; never more than half the pool.") var rows = 1000
    @Option(help: "Chance of failure that is allowed.") var error = 0.05
    @Option(help: "A table of texts of another domain, for the gate.") var other: [String] = []

    func run() throws {
        let bench = try CascadeBench(self)
        print(try bench.figures(of: self).joined(separator: "\n"))
    }
}

private struct CascadeBench {
    private let classifier: BatchClassifier
    private let familiar: FamiliarTokens
    private let design: Answers
    private let pool: Answers
    private let name: String

    /// What a model says of rows, by each score.
    struct Answers {
        let scores: [String: [Double]]
        let correct: [Bool]
        let familiarities: [Float]
    }

    init(_ command: CascadeCommand) throws {
        classifier = try BatchClassifier(ModelFile(path: command.model), threads: 1)
        name = URL(filePath: command.pool).deletingLastPathComponent().lastPathComponent
        let dataset = try DatasetFile.read(URL(filePath: command.dataset))
        let featurizer = classifier.file.featurizer
        familiar = FamiliarTokens(
            of: dataset.rows.filter { $0.split != .calibration }.map(\.text), featurizer: featurizer)
        let rows = dataset.rows.filter { $0.split == .calibration && $0.gold != nil }
        design = Self.answers(classifier, familiar, rows.map(\.text), rows.map { $0.gold ?? 0 })
        let table = try TextTable.read(URL(filePath: command.pool), textColumn: "text", labelColumn: "label")
        let labels = classifier.labels
        pool = Self.answers(
            classifier, familiar, table.map(\.text), table.map { row in labels.firstIndex { $0 == row.label } ?? -1 })
    }

    private static func answers(
        _ classifier: BatchClassifier, _ familiar: FamiliarTokens, _ texts: [String], _ truth: [Int]
    ) -> Answers {
        let predictions = classifier.predict(texts)
        var scores: [String: [Double]] = [:]
        for score in Cascade.Score.allCases {
            scores["\(score)"] = predictions.map { prediction in
                prediction.probabilities.withUnsafeBufferPointer { Double(score.value(of: $0)) }
            }
        }
        return Answers(
            scores: scores, correct: zip(predictions, truth).map { $0.index == $1 },
            familiarities: familiar.familiarities(of: texts, featurizer: classifier.file.featurizer))
    }

    func figures(of command: CascadeCommand) throws -> [String] {
        var lines = [
            "\(name): \(pool.correct.count) rows, \(percent(rate(pool.correct))) right, \(design.correct.count) design rows, "
                + "\(familiar.buckets / 8) bytes of familiar tokens"
        ]
        let areas = design.scores.mapValues { RiskCoverageCurve(scores: $0, correct: design.correct).area ?? 1 }
        let score = "\(Cascade.Score.allCases.min { (areas["\($0)"] ?? 1) < (areas["\($1)"] ?? 1) } ?? .probability)"
        lines.append(
            "score \(score), by areas "
                + areas.sorted { $0.key < $1.key }.map { "\($0.key) \(decimal($0.value))" }.joined(separator: ", "))
        for target in [0.9, 0.95, 0.98] { lines.append(guarantee(target, score, command)) }
        let gate = quantile(0.01, of: design.familiarities.map(Double.init)) ?? 0
        let own = pool.familiarities.map(Double.init)
        lines.append("gate \(decimal(gate)): holds back \(percent(rate(own.map { $0 < gate })))")
        for path in command.other {
            let texts = try TextTable.read(URL(filePath: path), textColumn: "text", labelColumn: nil).map(\.text)
            let found = familiar.familiarities(of: texts, featurizer: classifier.file.featurizer).map(Double.init)
            let confidences = classifier.predict(texts).map { Double($0.confidence) }
            lines.append(
                "  \(path): holds back \(percent(rate(found.map { $0 < gate }))), area under ROC \(decimal(rocArea(own, found))) "
                    + "(of the largest probability \(decimal(rocArea(pool.scores["probability"] ?? [], confidences))))")
        }
        return lines
    }

    /// One line for a target: over the pool itself, and where rows are drawn from it again and again.
    private func guarantee(_ target: Double, _ score: String, _ command: CascadeCommand) -> String {
        guard let scores = pool.scores[score], let designed = design.scores[score] else { return "" }
        let count = scores.count
        let rows = min(command.rows, count / 2)
        let grid = ThresholdGrid(
            scores: designed, correct: design.correct, rows: rows, target: target, error: command.error)
        let curve = RiskCoverageCurve(scores: scores, correct: pool.correct)
        var line = "target \(target), \(rows) rows, oracle \(percent(curve.oracle(accuracy: target)?.coverage ?? 0)):"
        for isFinite in [true, false] {
            var generator = SplitMix64(seed: 17)
            var (below, none, coverage) = (0, 0, 0.0)
            for _ in 0..<command.resplits {
                let drawn =
                    isFinite
                    ? Array(generator.shuffled(Array(0..<count)).prefix(rows))
                    : (0..<rows).map { _ in generator.below(count) }
                let fit = learnThenTest(
                    scores: drawn.map { scores[$0] }, correct: drawn.map { pool.correct[$0] }, grid: grid,
                    target: target,
                    error: command.error)
                guard let threshold = fit.threshold else {
                    none += 1
                    continue
                }
                let answered = scores.indices.filter { scores[$0] >= threshold }
                coverage += Double(answered.count) / Double(count)
                if Double(answered.count { pool.correct[$0] }) < target * Double(answered.count) { below += 1 }
            }
            let all = Double(command.resplits)
            line += isFinite ? " divided" : "; drawn with replacement"
            line += " below target \(percent(Double(below) / all)), answers nothing \(percent(Double(none) / all)), "
            line += "coverage \(percent(coverage / all))"
        }
        return line
    }

    private func rate(_ values: [Bool]) -> Double { Double(values.count { $0 }) / Double(max(values.count, 1)) }
    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
    private func decimal(_ value: Double) -> String { "\((value * 10000).rounded() / 10000)" }
}

/// The chance that one of the first is above one of the second, ties by half (Mann and Whitney 1947).
private func rocArea(_ first: [Double], _ second: [Double]) -> Double {
    let all = (first.map { ($0, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var (area, below, start) = (0.0, 0, 0)
    while start < all.count {
        var end = start
        while end < all.count, all[end].0 == all[start].0 { end += 1 }
        let ones = all[start..<end].count { $0.1 }
        area += Double(ones) * (Double(below) + Double(end - start - ones) / 2)
        below += end - start - ones
        start = end
    }
    return area / (Double(max(first.count, 1)) * Double(max(second.count, 1)))
}
