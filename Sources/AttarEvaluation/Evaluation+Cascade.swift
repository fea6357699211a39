import AttarStatistics

/// How a cascade decides, and what it decided on the held-out rows.
package struct CascadeInput: Sendable {
    /// What the score of a row is, in words.
    package var score: String
    package var target: Double
    package var confidence: Double
    /// "gold accuracy" or "agreement with the teacher".
    package var guaranteed: String
    package var isPerLabel: Bool
    package var fittedRows: Int
    /// Nil where no threshold reaches the target, or where each label has its own.
    package var threshold: Double?
    package var deferredLabels: [String]
    package var gate: String?
    package var gateThreshold: Double?
    /// A row each: its score, whether the student answers it, whether the gate alone holds it back.
    package var scores: [Double]
    package var isAnswered: [Bool]
    package var isHeldBackByGate: [Bool]
    package var warning: String?

    package init(
        score: String, target: Double, confidence: Double, guaranteed: String, isPerLabel: Bool, fittedRows: Int,
        threshold: Double?, deferredLabels: [String] = [], gate: String? = nil, gateThreshold: Double? = nil,
        scores: [Double], isAnswered: [Bool], isHeldBackByGate: [Bool], warning: String? = nil
    ) {
        self.score = score
        self.target = target
        self.confidence = confidence
        self.guaranteed = guaranteed
        self.isPerLabel = isPerLabel
        self.fittedRows = fittedRows
        self.threshold = threshold
        self.deferredLabels = deferredLabels
        self.gate = gate
        self.gateThreshold = gateThreshold
        self.scores = scores
        self.isAnswered = isAnswered
        self.isHeldBackByGate = isHeldBackByGate
        self.warning = warning
    }
}

extension HeldOutAnswers {
    /// Coverage and accuracy of answering only the rows with the highest scores, by falling threshold.
    func coverageCurve(of subject: SystemAnswers, scores: [Double]) -> [CascadeFigures.Point] {
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        var points: [CascadeFigures.Point] = []
        var (correct, lastShown) = (0, 0)
        for (place, row) in order.enumerated() {
            if subject.predictions[row] == gold[row] { correct += 1 }
            let answered = place + 1
            // Rows of one score are answered together.
            guard answered == order.count || scores[order[answered]] != scores[row] else { continue }
            let step = max(1, order.count / Self.curvePoints)
            guard answered == order.count || answered - lastShown >= step else { continue }
            lastShown = answered
            points.append(
                .init(
                    threshold: scores[row], coverage: Double(answered) / Double(order.count),
                    accuracy: Estimate(correct, of: answered, level: options.intervalLevel)))
        }
        return points
    }

    private static var curvePoints: Int { 100 }

    func cascade(
        _ input: CascadeInput, subject: SystemAnswers, teacher: SystemAnswers?
    ) -> CascadeFigures {
        let answered = gold.indices.filter { input.isAnswered[$0] }
        let deferred = gold.indices.filter { !input.isAnswered[$0] }
        return CascadeFigures(
            score: input.score, target: input.target, confidence: input.confidence, guaranteed: input.guaranteed,
            isPerLabel: input.isPerLabel, fittedRows: input.fittedRows, threshold: input.threshold,
            deferredLabels: input.deferredLabels, gate: input.gate, gateThreshold: input.gateThreshold,
            heldBackByGate: input.gate.map { _ in
                Double(input.isHeldBackByGate.count { $0 }) / Double(gold.count)
            },
            curve: coverageCurve(of: subject, scores: input.scores),
            coverage: Estimate(answered.count, of: gold.count, level: options.intervalLevel),
            answeredRows: answered.count,
            answeredAccuracy: accuracy(of: subject, on: answered),
            answeredAgreement: teacher.flatMap { agreement(of: subject, with: $0, on: answered) },
            studentOnDeferred: accuracy(of: subject, on: deferred),
            teacherOnDeferred: teacher.flatMap { accuracy(of: $0, on: deferred) },
            accuracy: teacher.flatMap { both(subject, $0, isAnswered: input.isAnswered) }, warning: input.warning)
    }

    /// Accuracy on those of the rows that the system answered.
    private func accuracy(of system: SystemAnswers, on rows: [Int]) -> Estimate? {
        let given = rows.filter { system.predictions[$0] != nil }
        guard !given.isEmpty else { return nil }
        return Estimate(
            given.count { system.predictions[$0] == gold[$0] }, of: given.count, level: options.intervalLevel)
    }

    private func agreement(of one: SystemAnswers, with other: SystemAnswers, on rows: [Int]) -> Estimate? {
        let common = rows.filter { one.predictions[$0] != nil && other.predictions[$0] != nil }
        guard !common.isEmpty else { return nil }
        return Estimate(
            common.count { one.predictions[$0] == other.predictions[$0] }, of: common.count,
            level: options.intervalLevel)
    }

    /// Student where it answers, else the teacher, on the rows that the teacher was asked about.
    private func both(_ subject: SystemAnswers, _ teacher: SystemAnswers, isAnswered: [Bool]) -> Estimate? {
        let rows = gold.indices.filter { teacher.predictions[$0] != nil }
        guard !rows.isEmpty else { return nil }
        let correct = rows.count {
            (isAnswered[$0] ? subject.predictions[$0] : teacher.predictions[$0]) == gold[$0]
        }
        return Estimate(correct, of: rows.count, level: options.intervalLevel)
    }
}
