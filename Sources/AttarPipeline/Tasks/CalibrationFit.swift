import AttarStatistics

/// Fits calibrations to logits of rows whose labels are known.
struct CalibrationFit {
    typealias Method = CalibrateSection.Method

    let logits: [Float]
    let truth: [Int]
    let classCount: Int

    var rows: Int { truth.count }

    /// What a method makes of the rows, with what has to be said about it.
    func fitted(_ method: Method) -> (calibration: Calibration, remark: String?) {
        guard method != .none, rows > 0 else { return (.none(rows: rows), nil) }
        let fit = fitTemperature(logits: logits, truth: truth, classCount: classCount)
        // Where sharper is always better, as when all rows are right, they say nothing about how sure is sure enough.
        let isUntold = fit.isAtBound && fit.temperature < 1
        let temperature = isUntold ? 1 : fit.temperature
        var remark: String?
        if isUntold {
            remark = "The calibration rows cannot tell the temperature, as where all are answered right: it stays 1."
        } else if fit.isAtBound {
            remark =
                "The student's probabilities say nothing about being right on the calibration rows: they are made as flat as can be."
        }
        var calibration = Calibration(
            method: method.rawValue, temperature: method == .vector ? 1 : temperature, rows: rows)
        switch method {
        case .vector:
            calibration.vector = fitVectorScaling(
                logits: logits, truth: truth, classCount: classCount, temperature: temperature)
        case .isotonic:
            calibration.isotonic = fitIsotonicScaling(
                probabilities: calibration.probabilities(of: logits, classCount: classCount), truth: truth,
                classCount: classCount)
        case .temperature, .none, .automatic: break
        }
        return (calibration, remark)
    }

    /// The method with the least log loss on rows apart from those that it is fitted on: those given, or parts of these rows
    /// in turn. A method more flexible than a temperature must be better by more than a standard error.
    func chosen(judgedBy other: CalibrationFit?) -> (method: Method, candidates: [Calibration.Candidate]) {
        let methods: [Method] = [.temperature, .vector, .isotonic]
        let byMethod = methods.map { method in
            other.map { losses(of: method, on: $0) } ?? crossValidatedLosses(of: method)
        }
        let candidates = zip(methods, byMethod).map { method, own in
            let differences = zip(own, byMethod[0]).map { $0 - $1 }
            let (mean, error) = meanWithError(differences)
            return Calibration.Candidate(
                method: method.rawValue, logLoss: AttarStatistics.mean(own) ?? 0, difference: mean, standardError: error
            )
        }
        let better = candidates.indices.filter { candidates[$0].difference < -candidates[$0].standardError }
        let best = better.min { candidates[$0].logLoss < candidates[$1].logLoss } ?? 0
        return (methods[best], candidates)
    }

    private func losses(of method: Method, on other: CalibrationFit) -> [Double] {
        let probabilities = fitted(method).calibration.probabilities(of: other.logits, classCount: classCount)
        return logLosses(probabilities: probabilities, truth: other.truth, classCount: classCount)
    }

    /// The loss of each row by a fit to the other parts: 5, the rows in an order of their own.
    private func crossValidatedLosses(of method: Method) -> [Double] {
        var generator = SplitMix64(seed: 5)
        let order = generator.shuffled(Array(0..<rows))
        return (0..<min(5, rows)).flatMap { part in
            let isJudged = { (place: Int) in place % 5 == part }
            let judged = order.indices.filter(isJudged).map { order[$0] }
            let others = order.indices.filter { !isJudged($0) }.map { order[$0] }
            return subset(others).losses(of: method, on: subset(judged))
        }
    }

    private func subset(_ chosen: [Int]) -> CalibrationFit {
        CalibrationFit(
            logits: chosen.flatMap { logits[($0 * classCount)..<(($0 + 1) * classCount)] },
            truth: chosen.map { truth[$0] }, classCount: classCount)
    }
}

private func meanWithError(_ values: [Double]) -> (mean: Double, error: Double) {
    guard let mean = mean(values), values.count > 1 else { return (0, 0) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count - 1) / Double(values.count)).squareRoot())
}
