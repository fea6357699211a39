import AttarStatistics

// Figures by label, and the rows behind them.
extension HeldOutAnswers {
    func matrix(of system: SystemAnswers) -> ConfusionMatrix {
        let rows = system.answered
        return ConfusionMatrix(
            truth: rows.map { gold[$0] }, predicted: system.labels(of: rows), classCount: labelCount)
    }

    func confusion(of system: SystemAnswers) -> [[Int]] {
        let matrix = matrix(of: system)
        return (0..<labelCount).map { truth in (0..<labelCount).map { matrix[truth, $0] } }
    }

    func classFigures(of system: SystemAnswers, labels: [String]) -> [ClassFigures] {
        let matrix = matrix(of: system)
        return matrix.classes.enumerated().map { index, figures in
            let wrong = (0..<labelCount).filter { $0 != index && matrix[index, $0] > 0 }
            let worst = wrong.max { (matrix[index, $0], $1) < (matrix[index, $1], $0) }
            return ClassFigures(
                label: labels[index], support: figures.support, predicted: figures.predictedCount,
                correct: figures.truePositives, precision: figures.precision,
                recall: Estimate(figures.truePositives, of: figures.support, level: options.intervalLevel),
                f1: figures.f1, takenFor: worst.map { labels[$0] }, takenForRows: worst.map { matrix[index, $0] } ?? 0)
        }
    }

    /// The wrongly answered texts that the system was surest of.
    func examples(
        of system: SystemAnswers, teacher: SystemAnswers?, texts: [String]?, labels: [String]
    ) -> [ErrorExample] {
        guard let texts, options.exampleLimit > 0 else { return [] }
        let wrong = gold.indices.compactMap { row -> (row: Int, predicted: Int, probability: Float)? in
            guard let predicted = system.predictions[row], predicted != gold[row] else { return nil }
            return (row, predicted, system.probabilities[row * labelCount + predicted])
        }
        let surest = wrong.sorted { ($1.probability, $0.row) < ($0.probability, $1.row) }
        return surest.prefix(options.exampleLimit).map { example in
            ErrorExample(
                row: example.row, text: texts[example.row], expected: labels[gold[example.row]],
                predicted: labels[example.predicted], probability: Double(example.probability),
                teacher: teacher?.predictions[example.row].map { labels[$0] })
        }
    }

    /// Texts that both answered differently, those that the two were surest of first.
    func disagreements(
        of subject: SystemAnswers, with teacher: SystemAnswers, texts: [String]?, labels: [String]
    ) -> [Disagreement] {
        guard let texts, options.exampleLimit > 0 else { return [] }
        let all = gold.indices.compactMap { row -> Disagreement? in
            guard let own = subject.predictions[row], let other = teacher.predictions[row], own != other else {
                return nil
            }
            return Disagreement(
                row: row, text: texts[row], expected: labels[gold[row]], student: labels[own],
                studentProbability: Double(subject.probabilities[row * labelCount + own]), teacher: labels[other],
                teacherProbability: Double(teacher.probabilities[row * labelCount + other]))
        }
        func sureness(_ one: Disagreement) -> Double { min(one.studentProbability, one.teacherProbability) }
        return Array(
            all.sorted { (sureness($1), $0.row) < (sureness($0), $1.row) }.prefix(options.exampleLimit))
    }
}
