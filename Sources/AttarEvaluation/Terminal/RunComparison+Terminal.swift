extension RunComparison {
    /// Runs and their differences as lines for a terminal.
    package func terminalText(_ style: TerminalStyle = TerminalStyle()) -> String {
        let level = FigureFormat.percent(self.level, decimals: 0)
        let runs = TerminalTable(
            columns: [
                .init(name: "Run", importance: 0, isText: true), .init(name: "Accuracy", importance: 0),
                .init(name: level, importance: 1), .init(name: "Macro-F1", importance: 2),
                .init(name: "Log loss", importance: 4), .init(name: "Calibration", importance: 5),
                .init(name: "Size", importance: 3),
            ],
            rows: systems.map { system in
                [
                    system.name, FigureFormat.percent(system.accuracy.value),
                    FigureFormat.percentRange(system.accuracy) ?? FigureFormat.missing,
                    FigureFormat.percent(system.macroF1.value),
                    system.logLoss.map { FigureFormat.decimal($0.value, 3) } ?? FigureFormat.missing,
                    system.calibrationError.map { FigureFormat.percent($0) } ?? FigureFormat.missing,
                    system.sizeBytes.map(FigureFormat.bytes) ?? FigureFormat.missing,
                ]
            })
        let differences = TerminalTable(differences: comparisons, level: level)
        let verdicts = comparisons.flatMap { style.wrapped($0.sentence) }
        return ["\(FigureFormat.count(heldOutRows)) held-out rows", ""].joined(separator: "\n")
            + [runs.lines(style), differences.lines(style), verdicts].map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }
}

extension ComparisonFigures {
    /// What the paired interval says.
    fileprivate var sentence: String {
        let (lower, upper) = (accuracyDifference.lower ?? -1, accuracyDifference.upper ?? 1)
        if lower > 0 { return "\(first) is more accurate than \(second), beyond chance." }
        if upper < 0 { return "\(first) is less accurate than \(second), beyond chance." }
        return "\(first) and \(second): these rows show no difference in accuracy."
    }
}

extension DriftFigures {
    /// The figures as lines for a terminal, the verdict first.
    package func terminalText(_ style: TerminalStyle = TerminalStyle()) -> String {
        func share(_ value: Double?) -> String { value.map { FigureFormat.percent($0) } ?? FigureFormat.missing }
        let table = TerminalTable(
            columns: [
                .init(name: "Figure", importance: 0, isText: true), .init(name: "Now", importance: 0),
                .init(name: "When fitted", importance: 0),
            ],
            rows: [
                ["Texts", FigureFormat.count(rows), ""],
                [
                    "Stability index of confidence (0.1 moderate, 0.25 strong)",
                    FigureFormat.decimal(scoreStability, 3), "",
                ],
                ["Largest shift of confidence (Kolmogorov–Smirnov)", FigureFormat.decimal(scoreShift, 3), ""],
                ["… by chance with probability", FigureFormat.significant(scoreShiftProbability, digits: 2), ""],
                ["Stability index of answered labels", FigureFormat.decimal(labelStability, 3), ""],
                ["Left to the teacher", share(belowThreshold), share(belowThresholdWhenFitted)],
                ["New n-grams, mean of texts", share(newVocabulary), share(newVocabularyWhenFitted)],
            ])
        return (style.wrapped(sentence) + [""] + table.lines(style)).joined(separator: "\n")
    }
}

extension TerminalTable {
    /// Pairs of systems on the same rows.
    init(differences comparisons: [ComparisonFigures], level: String) {
        self.init(
            columns: [
                .init(name: "Difference", importance: 0, isText: true), .init(name: "Points", importance: 0),
                .init(name: level, importance: 1), .init(name: "Macro-F1", importance: 3),
                .init(name: "Same answers", importance: 2), .init(name: "McNemar p", importance: 4),
            ],
            rows: comparisons.map { comparison in
                [
                    "\(comparison.first) − \(comparison.second)",
                    FigureFormat.points(comparison.accuracyDifference.value),
                    FigureFormat.pointRange(comparison.accuracyDifference) ?? FigureFormat.missing,
                    FigureFormat.points(comparison.macroF1Difference.value),
                    FigureFormat.percent(comparison.sameAnswers.value),
                    FigureFormat.probability(comparison.mcNemarProbability),
                ]
            })
    }
}
