import AttarStatistics

extension EvaluationInput {
    /// Throws what makes an evaluation impossible.
    func check() throws(EvaluationError) {
        if labels.isEmpty { throw .noLabels }
        if gold.isEmpty { throw .noRows }
        try options.check()
        if let row = gold.firstIndex(where: { !labels.indices.contains($0) }) {
            throw .labelOutOfRange(row: row, label: gold[row], labelCount: labels.count)
        }
        if let texts, texts.count != gold.count {
            throw .wrongCount(of: "held-out texts", expected: gold.count, found: texts.count)
        }
        if let counts = trainingLabelCounts, counts.count != labels.count {
            throw .wrongCount(of: "training rows by label", expected: labels.count, found: counts.count)
        }
        if let costs, costs.count != labels.count || costs.contains(where: { $0.count != labels.count }) {
            throw .wrongCount(of: "rows and columns of the cost matrix", expected: labels.count, found: costs.count)
        }
        if let cascade {
            for count in [cascade.scores.count, cascade.isAnswered.count, cascade.isHeldBackByGate.count]
            where count != gold.count {
                throw .wrongCount(of: "rows decided by the cascade", expected: gold.count, found: count)
            }
        }
        if let points = learningCurve?.points,
            let point = points.first(where: { !(0...$0.judged).contains($0.correct) })
        {
            throw .wrongCount(of: "learning curve, correct rows at most", expected: point.judged, found: point.correct)
        }
        guard systems.contains(where: { $0.role.isStudent }) else { throw .noStudent }
        var names: Set = [Self.baselineName]
        for system in systems {
            guard names.insert(system.name).inserted else { throw .duplicateSystem(name: system.name) }
            try check(system)
        }
    }

    private func check(_ system: EvaluatedSystem) throws(EvaluationError) {
        let width = labels.count
        if system.probabilities.count != gold.count * width {
            throw .wrongCount(
                of: "\(system.name): probabilities (rows × labels)", expected: gold.count * width,
                found: system.probabilities.count)
        }
        for row in gold.indices {
            let values = system.probabilities[row * width..<(row + 1) * width]
            if system.role == .teacher, values.allSatisfy(\.isNaN) { continue }
            let sum = values.reduce(0) { $0 + Double($1) }
            guard values.allSatisfy({ $0 >= 0 }), abs(sum - 1) < 0.01 else {
                throw .notProbabilities(system: system.name, row: row)
            }
        }
    }

    /// The system that the report is about: the file that ships, or the last stage of the student there is.
    var subjectIndex: Int {
        let stages: [SystemRole] = [.deployedFile, .quantizedStudent, .floatStudent]
        return stages.lazy.compactMap { role in systems.firstIndex { $0.role == role } }.first ?? 0
    }

    private static let baselineName = "Most frequent label"

    /// Always the most frequent label of the training data, with probabilities as frequent as labels there (one row added
    /// to each, so that none is impossible).
    var majorityBaseline: EvaluatedSystem {
        let counts = trainingLabelCounts ?? gold.reduce(into: labels.map { _ in 0 }) { $0[$1] += 1 }
        let total = Float(counts.reduce(0, +) + counts.count)
        let shares = counts.map { Float($0 + 1) / total }
        return EvaluatedSystem(
            name: Self.baselineName, role: .majority, probabilities: gold.flatMap { _ in shares })
    }
}

extension EvaluationOptions {
    fileprivate func check() throws(EvaluationError) {
        if bootstrapDraws < 1 {
            throw .invalidOption(name: "bootstrap draws", value: "\(bootstrapDraws)", expected: "1 or more")
        }
        if calibrationBins < 1 {
            throw .invalidOption(name: "calibration bins", value: "\(calibrationBins)", expected: "1 or more")
        }
        if !(intervalLevel > 0 && intervalLevel < 1) {
            throw .invalidOption(name: "interval level", value: "\(intervalLevel)", expected: "between 0 and 1")
        }
        if exampleLimit < 0 {
            throw .invalidOption(name: "example limit", value: "\(exampleLimit)", expected: "0 or more")
        }
    }
}
