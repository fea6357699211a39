import AttarData
import AttarEvaluation
import AttarRuntime
import AttarTraining

extension ModelBuilder {
    /// The tokens of the texts that the student learned from.
    var familiarTokens: FamiliarTokens {
        let rows = dataset.rows.filter { $0.split == .train || task.learnsFromValidation && $0.split == .validation }
        return FamiliarTokens(of: rows.map(\.text), featurizer: task.featurizer)
    }

    /// The label that a row is right with; nil where nobody says.
    func right(by standard: Cascade.Standard, row: Int) -> Int? {
        switch standard {
        case .gold: dataset.rows[row].gold
        case .teacher: dataset.teacherMean(of: row).map { likeliest($0) }
        }
    }

    /// What a model says of its calibration rows, for drift to be measured against; nil without any.
    func reference(of model: Quantized, _ calibration: Calibration, _ fit: CascadeFit?) throws -> ReferenceStatistics? {
        let texts = task.rows(of: .calibration, in: dataset).map { dataset.rows[$0].text }
        guard !texts.isEmpty else { return nil }
        let probabilities = try self.probabilities(of: texts, model, calibration)
        let rows = texts.indices.map { probabilities[($0 * task.classes)..<(($0 + 1) * task.classes)] }
        var answers = TrafficAnswers(
            confidences: rows.map { Double($0.max() ?? 0) }, answers: rows.map { likeliest($0) })
        let familiar = fit == nil ? nil : familiarTokens
        if let familiar, let cascade = fit?.cascade(familiar) {
            let familiarities = familiar.familiarities(of: texts, featurizer: task.featurizer)
            let answered = cascade.answers(probabilities, familiarities: familiarities, labels: task.classes)
            answers.newVocabulary = 1 - familiarities.reduce(0) { $0 + Double($1) } / Double(texts.count)
            answers.belowThreshold = Double(answered.count { !$0 }) / Double(texts.count)
        }
        return ReferenceStatistics(answers, labelCount: task.classes)
    }
}

extension ReferenceStatistics {
    /// As `init(metadata:labelCount:)` reads it.
    var json: JSONValue {
        .object([
            .init("rows", .integer(rows)),
            .init("confidence-percentiles", .list(confidencePercentiles.map { .number($0) })),
            .init("label-shares", .list(labelShares.map { .number($0) })),
            .init("new-vocabulary", newVocabulary.map { .number($0) } ?? .null),
            .init("below-threshold", belowThreshold.map { .number($0) } ?? .null),
        ])
    }
}
