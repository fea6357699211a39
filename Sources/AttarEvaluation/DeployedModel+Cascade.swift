import AttarRuntime
import AttarStatistics

extension DeployedModel {
    /// What the file's cascade decides on held-out rows; nil where it has none.
    package func cascade(on set: HeldOutSet) -> CascadeInput? {
        guard let cascade = file.decision?.cascade else { return nil }
        let predictions = classifier.predict(set.texts)
        let drift = drift(on: set)
        let isOverall = cascade.thresholds.count == 1
        return CascadeInput(
            score: cascade.score.words, target: Double(cascade.target), confidence: Double(cascade.confidence),
            guaranteed: cascade.standard.words, isPerLabel: !isOverall, fittedRows: cascade.rows,
            threshold: isOverall && cascade.thresholds[0] <= 1 ? Double(cascade.thresholds[0]) : nil,
            deferredLabels: isOverall
                ? [] : file.labels.indices.filter { cascade.thresholds[$0] > 1 }.map { file.labels[$0] },
            gate: cascade.leastFamiliarity > 0 ? "share of words and pairs of words that training saw" : nil,
            gateThreshold: cascade.leastFamiliarity > 0 ? Double(cascade.leastFamiliarity) : nil,
            scores: predictions.map { Double($0.score ?? 0) }, isAnswered: predictions.map { !$0.defers },
            isHeldBackByGate: predictions.map { $0.familiarity <= 0 || $0.familiarity < cascade.leastFamiliarity },
            // A moderate drift is told beside the other figures of stress.
            warning: drift.flatMap { $0.level == .strong ? $0.sentence : nil })
    }
}

extension TrafficAnswers {
    /// What a file with a cascade says of texts, or one without.
    ///
    /// - Parameter cascade: nil where the file has none: then it knows nothing of new words.
    package init(_ predictions: [Prediction], cascade: Cascade?) {
        self.init(confidences: predictions.map { Double($0.confidence) }, answers: predictions.map(\.index))
        guard cascade != nil, !predictions.isEmpty else { return }
        let rows = Double(predictions.count)
        belowThreshold = Double(predictions.count { $0.defers }) / rows
        if cascade?.familiar != nil { newVocabulary = predictions.reduce(0) { $0 + 1 - Double($1.familiarity) } / rows }
    }
}

extension Cascade.Score {
    fileprivate var words: String {
        switch self {
        case .probability: "largest probability"
        case .margin: "margin"
        case .entropy: "entropy"
        }
    }
}

extension Cascade.Standard {
    fileprivate var words: String {
        switch self {
        case .gold: "gold accuracy"
        case .teacher: "agreement with the teacher"
        }
    }
}
