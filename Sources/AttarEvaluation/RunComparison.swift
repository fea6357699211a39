import AttarStatistics

/// Runs side by side on the same held-out rows, each compared with the first, pair by pair of answers.
package struct RunComparison: Codable, Sendable {
    package let heldOutRows: Int
    package let level: Double
    package let systems: [SystemFigures]
    /// Each other run minus the first.
    package let comparisons: [ComparisonFigures]

    /// - Throws: ``EvaluationError`` where the runs were not evaluated on the same rows and labels.
    package init(
        _ runs: [(name: String, record: EvaluationRecord)], options: EvaluationOptions = EvaluationOptions()
    ) throws(EvaluationError) {
        guard let first = runs.first else { throw .noStudent }
        for run in runs {
            guard run.record.labels == first.record.labels else {
                throw .otherLabels(first: first.name, second: run.name)
            }
            guard run.record.heldOutHash == first.record.heldOutHash, run.record.gold == first.record.gold else {
                throw .otherHeldOutRows(first: first.name, second: run.name)
            }
        }
        let labelCount = first.record.labels.count
        let held = HeldOutAnswers(gold: first.record.gold, labelCount: labelCount, options: options)
        let answers = runs.compactMap { run in
            run.record.subject.map { subject in
                var subject = subject
                subject.name = run.name
                return SystemAnswers(subject, labelCount: labelCount)
            }
        }
        guard answers.count == runs.count else { throw .noStudent }
        let figures = held.figures(of: answers, pairs: answers.indices.dropFirst().map { ($0, 0) })
        heldOutRows = first.record.gold.count
        level = options.intervalLevel
        systems = figures.systems
        comparisons = figures.comparisons.compactMap { $0 }
    }
}
