import AttarRuntime
import AttarStatistics

// What happens to the answers where texts are damaged, and where on whole ones they are worst.
extension HeldOutSet {
    /// Probabilities of a classifier, rows × labels: those of the file that ships.
    package func probabilities(of classifier: BatchClassifier) -> [Float] {
        classifier.predict(texts).flatMap(\.probabilities)
    }

    /// Accuracy on damaged copies of the texts, and parts of the rows on which the student is worse than on the rest.
    ///
    /// - Parameter whole: the probabilities of the undamaged texts.
    package func stress(
        of classifier: BatchClassifier, whole: [Float], options: EvaluationOptions
    ) -> StressFigures {
        let answers = mostProbable(whole, classCount: labels.count)
        return StressFigures(
            slices: worstSlices(whole, options: options),
            perturbations: Perturbation.allCases.map { perturbation in
                figures(of: perturbation, classifier, whole: answers, options: options)
            })
    }

    private func figures(
        of perturbation: Perturbation, _ classifier: BatchClassifier, whole: [Int?], options: EvaluationOptions
    ) -> PerturbationFigures {
        let damaged = texts.enumerated().map { row, text in
            perturbation.applied(to: text, seed: options.seed &+ UInt64(row))
        }
        let answers = classifier.predict(damaged).map(\.index)
        let correct = answers.indices.count { answers[$0] == gold[$0] }
        let lost = answers.indices.count { whole[$0] == gold[$0] && answers[$0] != gold[$0] }
        let won = answers.indices.count { whole[$0] != gold[$0] && answers[$0] == gold[$0] }
        return PerturbationFigures(
            name: perturbation.name,
            accuracy: Estimate(correct, of: count, level: options.intervalLevel),
            difference: Estimate(
                Double(won - lost) / Double(count),
                pairedDifferenceInterval(
                    onlyFirst: won, onlySecond: lost, rows: count, level: options.intervalLevel)),
            unchangedAnswers: Double(answers.indices.count { answers[$0] == whole[$0] }) / Double(count))
    }

    /// Parts on which the answers are worse than on the rest, the least likely by chance first.
    ///
    /// - Parameter probabilities: rows × labels.
    package func worstSlices(_ probabilities: [Float], options: EvaluationOptions) -> SliceFigures? {
        let slices = slices
        let answers = mostProbable(probabilities, classCount: labels.count)
        guard !slices.isEmpty else { return nil }
        let found = AttarStatistics.worstSlices(
            isCorrect: gold.indices.map { answers[$0] == gold[$0] },
            slices: Dictionary(uniqueKeysWithValues: slices.enumerated().map { ("\($0.offset)", $0.element.rows) }),
            leastRows: Self.leastSliceRows, level: options.intervalLevel)
        return SliceFigures(
            examined: found.count, level: Self.sliceLevel,
            slices: found.prefix(Self.mostShownSlices).compactMap { figure in
                guard let slice = Int(figure.name).map({ slices[$0] }) else { return nil }
                var accuracy = Estimate(1 - figure.errorRate)
                (accuracy.lower, accuracy.upper) = (1 - figure.interval.upper, 1 - figure.interval.lower)
                return SliceFigures.Slice(
                    by: slice.by, name: slice.name, rows: figure.rows, accuracy: accuracy,
                    restAccuracy: 1 - (figure.otherErrorRate ?? 0), adjustedProbability: figure.adjustedProbability)
            })
    }

    static let sliceLevel = 0.05
    private static let mostShownSlices = 12
}
