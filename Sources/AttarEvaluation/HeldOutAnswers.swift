import AttarStatistics

/// A system's answers: probabilities, and the most probable label of each row that was answered.
struct SystemAnswers {
    let name: String
    let role: SystemRole
    let sizeBytes: Int?
    let latency: LatencyFigures?
    let probabilities: [Float]
    let predictions: [Int?]

    init(_ system: EvaluatedSystem, labelCount: Int) {
        name = system.name
        role = system.role
        sizeBytes = system.sizeBytes
        latency = system.latency
        probabilities = system.probabilities
        predictions = mostProbable(system.probabilities, classCount: labelCount)
    }

    /// Numbers of the rows that were answered.
    var answered: [Int] { predictions.indices.filter { predictions[$0] != nil } }

    /// Predictions of rows that were answered.
    func labels(of rows: [Int]) -> [Int] { rows.map { predictions[$0] ?? 0 } }

    /// Probabilities of some rows, rows × labels.
    func probabilities(of rows: [Int], labelCount: Int) -> [Float] {
        if rows.count * labelCount == probabilities.count { return probabilities }
        return rows.flatMap { probabilities[$0 * labelCount..<($0 + 1) * labelCount] }
    }
}

/// The held-out truth, and the figures of systems against it.
struct HeldOutAnswers {
    let gold: [Int]
    let labelCount: Int
    let options: EvaluationOptions

    /// Figures of each system, and of the pairs asked for; nil for a pair without a row that both answered.
    ///
    /// - Parameters:
    ///   - costs: right label × answered label.
    ///   - detailed: systems whose ranking of rows is judged, too, which takes longer.
    func figures(
        of systems: [SystemAnswers], pairs: [(first: Int, second: Int)], costs: [[Double]]? = nil, detailed: [Int] = []
    ) -> (systems: [SystemFigures], comparisons: [ComparisonFigures?]) {
        let scores = systems.map { rowScores(of: $0, costs: costs) }
        let bootstrap = JointBootstrap(
            truth: gold, predictions: systems.map(\.predictions),
            values: scores.map { [$0.losses, $0.briers] + ($0.costs.map { [$0] } ?? []) },
            pairs: pairs, classCount: labelCount, draws: options.bootstrapDraws, level: options.intervalLevel,
            resampling: options.resampling, seed: options.seed)
        return (
            systems.indices.map { index in
                var figures = figures(of: systems[index], scores[index], bootstrap.systems[index])
                if detailed.contains(index) { addRanking(of: systems[index], to: &figures) }
                return figures
            },
            zip(pairs, bootstrap.pairs).map { pair, difference in
                difference.map { comparison(systems[pair.first], systems[pair.second], $0) }
            }
        )
    }

    /// Figures of each row; of rows without an answer they mean nothing.
    private struct RowScores {
        let losses: [Double]
        let briers: [Double]
        let costs: [Double]?
    }

    private func rowScores(of system: SystemAnswers, costs: [[Double]]?) -> RowScores {
        RowScores(
            losses: logLosses(probabilities: system.probabilities, truth: gold, classCount: labelCount),
            briers: brierScores(probabilities: system.probabilities, truth: gold, classCount: labelCount),
            costs: costs.map { costs in
                gold.indices.map { row in system.predictions[row].map { costs[gold[row]][$0] } ?? 0 }
            })
    }

    /// How well probabilities rank rows: the true label among the likeliest, and each label against the rest.
    private func addRanking(of system: SystemAnswers, to figures: inout SystemFigures) {
        let rows = system.answered
        guard !rows.isEmpty else { return }
        let truth = rows.map { gold[$0] }
        let probabilities = system.probabilities(of: rows, labelCount: labelCount)
        let ranks = ranksOfTruth(probabilities: probabilities, truth: truth, classCount: labelCount)
        figures.top = [3, 5].filter { $0 < labelCount }.map { count in
            let hits = ranks.count { $0 < count }
            return TopFigures(
                count: count, accuracy: Estimate(hits, of: rows.count, level: options.intervalLevel))
        }
        let areas = rankingAreas(
            probabilities: probabilities, truth: truth, classCount: labelCount, level: options.intervalLevel)
        func estimate(_ curve: RankingCurve) -> Estimate? {
            areas[curve].flatMap { area in area.macro.map { Estimate($0, area.macroInterval) } }
        }
        figures.rocArea = estimate(.roc)
        figures.averagePrecision = estimate(.precisionRecall)
    }

    private func figures(
        of system: SystemAnswers, _ scores: RowScores, _ intervals: JointBootstrap.System
    ) -> SystemFigures {
        let rows = system.answered
        let classes = matrix(of: system).classes
        let correct = classes.reduce(0) { $0 + $1.truePositives }
        let curve = curve(of: system, rows: rows)
        return SystemFigures(
            name: system.name, role: system.role, answered: rows.count, unanswered: gold.count - rows.count,
            correct: correct, accuracy: Estimate(correct, of: rows.count, level: options.intervalLevel),
            macroF1: Estimate(classes.macro(\.f1), intervals.macroF1), weightedF1: classes.weighted(\.f1),
            macroPrecision: Estimate(classes.macro(\.precision), intervals.averages[.macroPrecision]),
            macroRecall: Estimate(classes.macro(\.recall), intervals.averages[.macroRecall]),
            weightedPrecision: Estimate(
                classes.weighted(\.precision), intervals.averages[.weightedPrecision]),
            weightedF1Bounds: Bounds(intervals.averages[.weightedF1]),
            meanCost: scores.costs.flatMap { costs in
                mean(rows.map { costs[$0] }).map { Estimate($0, intervals.means[2]) }
            },
            logLoss: mean(rows.map { scores.losses[$0] }).map { Estimate($0, intervals.means[0]) },
            brier: mean(rows.map { scores.briers[$0] }).map { Estimate($0, intervals.means[1]) },
            calibrationError: expectedCalibrationError(curve),
            calibrationErrorBounds: Bounds(
                calibrationErrorInterval(curve, level: options.intervalLevel, seed: options.seed)),
            calibrationErrorByChance: AttarStatistics.calibrationErrorByChance(
                confidences: confidences(of: system, rows: rows), bins: options.calibrationBins,
                level: options.intervalLevel, seed: options.seed),
            sizeBytes: system.sizeBytes, latency: system.latency)
    }

    private func comparison(
        _ first: SystemAnswers, _ second: SystemAnswers, _ difference: PairedDifference
    ) -> ComparisonFigures {
        ComparisonFigures(
            first: first.name, second: second.name, rows: difference.rows,
            firstAccuracy: difference.firstAccuracy, secondAccuracy: difference.secondAccuracy,
            accuracyDifference: Estimate(difference.accuracy, difference.accuracyInterval),
            macroF1Difference: Estimate(difference.macroF1, difference.macroF1Interval),
            accuracyRatio: difference.accuracyRatio.map { Estimate($0, difference.accuracyRatioInterval) },
            onlyFirstCorrect: difference.onlyFirstCorrect, onlySecondCorrect: difference.onlySecondCorrect,
            mcNemarProbability: difference.mcNemarProbability,
            sameAnswers: Estimate(difference.sameAnswers, of: difference.rows, level: options.intervalLevel),
            sameAnswerRows: difference.sameAnswers)
    }

    func agreement(of subject: SystemAnswers, with teacher: SystemAnswers) -> AgreementFigures? {
        let rows = commonRows(subject, teacher)
        guard !rows.isEmpty else { return nil }
        let same = zip(subject.labels(of: rows), teacher.labels(of: rows)).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
        let losses = divergences(
            from: teacher.probabilities(of: rows, labelCount: labelCount),
            to: subject.probabilities(of: rows, labelCount: labelCount), classCount: labelCount)
        return AgreementFigures(
            rows: rows.count, sameAnswerRows: same,
            sameAnswers: Estimate(same, of: rows.count, level: options.intervalLevel),
            divergence: mean(losses),
            divergenceBounds: Bounds(
                meanInterval(
                    of: losses, classes: rows.map { gold[$0] }, draws: options.bootstrapDraws,
                    level: options.intervalLevel, resampling: options.resampling, seed: options.seed)))
    }

    func reliability(of system: SystemAnswers) -> ReliabilityFigures? {
        let bins = curve(of: system, rows: system.answered)
        guard let error = expectedCalibrationError(bins) else { return nil }
        return ReliabilityFigures(
            system: system.name, role: system.role, calibrationError: error,
            bins: bins.map {
                .init(
                    rows: $0.rows, confidence: $0.confidence,
                    accuracy: Estimate($0.correct, of: $0.rows, level: options.intervalLevel))
            })
    }

    private func commonRows(_ first: SystemAnswers, _ second: SystemAnswers) -> [Int] {
        gold.indices.filter { first.predictions[$0] != nil && second.predictions[$0] != nil }
    }

    private func curve(of system: SystemAnswers, rows: [Int]) -> [ReliabilityBin] {
        let predicted = system.labels(of: rows)
        return reliabilityCurve(
            confidences: confidences(of: system, rows: rows),
            correct: zip(rows, predicted).map { gold[$0.0] == $0.1 }, bins: options.calibrationBins)
    }

    /// The probability of the predicted label of each row; 0 without an answer.
    func topProbabilities(of system: SystemAnswers) -> [Double] {
        gold.indices.map { row in
            system.predictions[row].map { Double(system.probabilities[row * labelCount + $0]) } ?? 0
        }
    }

    /// The probability of the predicted label of each row.
    private func confidences(of system: SystemAnswers, rows: [Int]) -> [Double] {
        zip(rows, system.labels(of: rows)).map { Double(system.probabilities[$0.0 * labelCount + $0.1]) }
    }
}
