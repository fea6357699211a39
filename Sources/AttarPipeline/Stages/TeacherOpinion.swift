import AttarData
import AttarTeacher

/// How one teacher's probabilities were made good: kept, so that the same is done to its answers about held-out texts.
package struct TeacherAdjustment: Codable, Sendable, Equatable {
    package let teacher: String
    package let labels: [String]
    /// Weight beside other teachers.
    package var weight: Double
    /// Mean probability of each label over the texts of a source, in the order of `labels`; sources in the order of
    /// preference. Empty where the prior was not divided out.
    package var priors: [SourceMeans]
    package var calibration: LabelCalibration

    package struct SourceMeans: Codable, Sendable, Equatable {
        package let source: String
        package let rows: Int
        package let means: [Double]
        /// Share of each label that the means were measured against.
        package let shares: [Double]
    }

    /// The same for texts of unknown origin: the prior of the preferred source, equal shares, the temperature.
    package func applied(to row: [Double]) -> [Double] {
        let corrected = priors.first.map { LabelPrior(means: $0.means).corrected(row) } ?? row
        return calibration.applied(to: corrected)
    }
}

/// What one teacher says about the rows of a dataset.
struct TeacherOpinion {
    let section: TeacherSection
    let method: LabelMethod
    /// One a row; rows that the teacher was not asked about have none.
    let answers: [LabelAnswer]
    /// The same after prior correction and temperature.
    private(set) var probabilities: [[Double]]
    var adjustment: TeacherAdjustment

    /// - Parameters:
    ///   - earlier: what is thought of the rows already, where a teacher sees a choice of them only: their labels'
    ///     shares are not those of all rows.
    ///   - representative: rows drawn by chance, where others were chosen: the lean is measured on these, since a choice leans by
    ///     itself; nil where none was chosen.
    init(
        _ section: TeacherSection, method: LabelMethod, answers: [LabelAnswer], dataset: TextDataset,
        labelling: LabellingSection, earlier: [[Double]]? = nil, representative: Set<Int>? = nil
    ) {
        self.section = section
        self.method = method
        self.answers = answers
        probabilities = answers.map(\.probabilities)
        adjustment = TeacherAdjustment(
            teacher: section.model, labels: dataset.labels, weight: 1, priors: [], calibration: .none)
        if labelling.priorCorrection { dividePrior(dataset, earlier, representative) }
        if labelling.temperatureFit ?? true { fitTemperature(dataset) }
    }

    /// Divides the teacher's lean out, source by source: generated texts were asked for with equal shares of labels,
    /// labelled ones have known shares, of unlabelled ones equal shares are assumed.
    private mutating func dividePrior(
        _ dataset: TextDataset, _ earlier: [[Double]]?, _ representative: Set<Int>?
    ) {
        let count = dataset.labels.count
        for source in [Source.unlabelled, .generated, .labelled] {
            let rows = dataset.rows.indices.filter { dataset.rows[$0].source == source && answers[$0].isAnswered }
            guard !rows.isEmpty else { continue }
            let drawn = representative.map { drawn in rows.filter(drawn.contains) } ?? rows
            let measured = drawn.isEmpty ? rows : drawn
            let prior = LabelPrior(of: measured.map { probabilities[$0] }, labels: count)
            let known = measured.compactMap { dataset.rows[$0].gold ?? dataset.rows[$0].intended }
            let shares =
                known.isEmpty
                ? LabelPrior(of: earlier.map { given in measured.map { given[$0] } } ?? [], labels: count).means
                : (0..<count).map { label in Double(known.count { $0 == label }) / Double(known.count) }
            adjustment.priors.append(
                .init(source: source.name, rows: measured.count, means: prior.means, shares: shares))
            for row in rows { probabilities[row] = prior.corrected(probabilities[row], shares: shares) }
        }
    }

    private mutating func fitTemperature(_ dataset: TextDataset) {
        let rows = dataset.rows.indices.filter { dataset.rows[$0].gold != nil && answers[$0].isAnswered }
        adjustment.calibration = LabelCalibration(
            fitting: rows.map { probabilities[$0] }, gold: rows.compactMap { dataset.rows[$0].gold })
        probabilities = probabilities.map { adjustment.calibration.applied(to: $0) }
    }

    /// As it stands in dataset.h5.
    var labels: TeacherLabels {
        TeacherLabels(
            name: section.model, method: methodDescription, weight: adjustment.weight,
            probabilities: probabilities.flatMap { $0.map { Float($0) } },
            massOutside: answers.map { $0.isAnswered ? Float($0.massOutside) : .nan },
            rung: answers.map { $0.isAnswered ? method.number : 0 })
    }

    private var methodDescription: String {
        var parts = [method.description]
        if !adjustment.priors.isEmpty { parts.append("prior-corrected") }
        let calibration = adjustment.calibration
        if let before = calibration.errorBefore, let after = calibration.errorAfter {
            parts.append(
                "temperature \(calibration.temperature.short) from \(calibration.rows) gold rows "
                    + "(calibration error \(before.short) → \(after.short))")
        }
        return parts.joined(separator: ", ")
    }
}

extension LabelMethod {
    /// Its number in `TeacherLabels.rung`.
    fileprivate var number: UInt8 {
        switch self {
        case .tokens: 1
        case .scoring: 2
        case .sampling: 3
        case .hard: 4
        }
    }
}

extension Double {
    /// Three digits after the point.
    fileprivate var short: String { "\((self * 1000).rounded() / 1000)" }
}
