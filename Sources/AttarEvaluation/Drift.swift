import AttarStatistics

extension DriftFigures {
    /// Bins of equal mass that confidences are compared in.
    private static let bins = 10
    /// Fewer texts tell nothing.
    private static let leastRows = 30
    /// Where chance explains a shift of the confidence this easily, nothing is said of it.
    private static let chance = 0.01
    /// Customary bounds of the population stability index (Siddiqi 2006).
    private static let moderate = 0.1
    private static let strong = 0.25

    /// How far texts are from those that a model was made for, as far as its answers to both tell.
    ///
    /// Nil without texts.
    package init?(_ traffic: TrafficAnswers, against reference: ReferenceStatistics) {
        let count = traffic.confidences.count
        let confidences = traffic.confidences.map(storedConfidence)
        let sample = reference.sample.map(storedConfidence)
        guard count > 0, let shift = KolmogorovSmirnov(sample, confidences) else { return nil }
        let edges = equalMassEdges(sample, bins: Self.bins)
        let scores = populationStabilityIndex(
            binCounts(sample, edges: edges), binCounts(confidences, edges: edges))
        let labelCount = reference.labelShares.count
        let answered = reference.labelShares.map { Int(($0 * Double(reference.rows)).rounded()) }
        let labels = populationStabilityIndex(answered, traffic.counts(labelCount: labelCount))
        let labelShift = LabelShift(answered, traffic.counts(labelCount: labelCount))
        self.init(
            rows: count, scoreStability: scores ?? 0, scoreShift: shift.statistic,
            scoreShiftProbability: shift.probability, labelStability: labels ?? 0,
            belowThreshold: traffic.belowThreshold, belowThresholdWhenFitted: reference.belowThreshold,
            newVocabulary: traffic.newVocabulary, newVocabularyWhenFitted: reference.newVocabulary, level: .none,
            sentence: "")
        level = judged(isMixShifted: labelShift.map { $0.probability < Self.chance } ?? false)
        sentence = described()
    }

    /// - Parameter isMixShifted: whether the answered labels have another mix than chance explains: where a model errs otherwise than
    ///   it did, it may be as sure of it, and yet favour other labels.
    private func judged(isMixShifted: Bool) -> Level {
        let isShifted = scoreShiftProbability < Self.chance
        // Twice as many new words, and more than one in ten of all, is another kind of text whatever the confidence says.
        var hasNewWords = false
        if let now = newVocabulary, let then = newVocabularyWhenFitted {
            hasNewWords = now > 2 * then && now > then + 0.1
        }
        guard rows >= Self.leastRows else { return .none }
        let largest = max(isShifted ? scoreStability : 0, isMixShifted ? labelStability : 0)
        if largest >= Self.strong { return .strong }
        return hasNewWords || largest >= Self.moderate ? .moderate : .none
    }

    private func described() -> String {
        if rows < Self.leastRows { return "\(rows == 1 ? "One text is" : "\(rows) texts are") too few to tell." }
        return switch level {
        case .none:
            "The texts look like those that the model was made for, as far as \(FigureFormat.count(rows)) of them can tell."
        case .moderate:
            "The texts differ from those that the model was made for: label some of them, and evaluate the model on these before it is trusted."
        case .strong:
            "The texts are of another kind than those that the model was made for: its confidence, thresholds and guarantees do not hold here until they are fitted anew."
        }
    }
}

extension ReferenceStatistics {
    /// Confidences with the stored percentiles: as many as there were rows, up to some hundreds, since percentiles know no more.
    var sample: [Double] {
        let count = min(rows, 400)
        return (0..<count).map { place in
            quantile((Double(place) + 0.5) / Double(count), ofSorted: confidencePercentiles)
        }
    }
}
