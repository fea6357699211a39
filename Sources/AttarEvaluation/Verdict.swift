import AttarStatistics

/// What the evaluation shows, in one sentence, as the intervals allow.
package struct Verdict: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Sendable {
        /// Less accurate than the teacher, beyond chance.
        case keepsPartOfTeacher
        /// The rows show no difference from the teacher.
        case matchesTeacher
        /// More accurate than the teacher, beyond chance.
        case exceedsTeacher
        /// There is no teacher; more accurate than the most frequent label.
        case learned
        /// Not shown to be better than the most frequent label.
        case noBetterThanBaseline
        /// The rows are too few, or too alike, to tell.
        case inconclusive
    }

    package var outcome: Outcome
    package var sentence: String
    /// More sentences: the baseline, quantization, the deployed file.
    package var details: [String]

    package init(outcome: Outcome, sentence: String, details: [String]) {
        self.outcome = outcome
        self.sentence = sentence
        self.details = details
    }

    /// The verdict on the figures of a report. Where the student may answer a share by itself, that comes first.
    package init(of report: EvaluationReport) {
        guard let subject = report.subjectFigures, let baseline = report.system(.majority) else {
            self.init(outcome: .inconclusive, sentence: "There is nothing to judge.", details: [])
            return
        }
        let (outcome, sentence) = Self.judge(subject, baseline, in: report)
        let details = Self.details(of: report, baseline: baseline)
        guard let cascade = report.cascade else {
            self.init(outcome: outcome, sentence: sentence, details: details)
            return
        }
        // What speaks against the threshold is told whatever the verdict.
        let remarks = Self.details(of: cascade, in: report)
        guard outcome != .noBetterThanBaseline, !report.hasOneLabel else {
            self.init(outcome: outcome, sentence: sentence, details: remarks + details)
            return
        }
        self.init(
            outcome: outcome, sentence: Self.sentence(of: cascade, in: report), details: remarks + [sentence] + details)
    }

    private static func judge(
        _ subject: SystemFigures, _ baseline: SystemFigures, in report: EvaluationReport
    ) -> (Outcome, String) {
        let accuracy = FigureFormat.percent(subject.accuracy.value)
        let overBaseline = report.comparison(subject.name, baseline.name)
        if report.hasOneLabel {
            return (
                .inconclusive,
                "The held-out rows all have one label, so they cannot tell a good student from a bad one: "
                    + "it answers \(accuracy) of them as labelled."
            )
        }
        if let overBaseline, (overBaseline.accuracyDifference.lower ?? 0) <= 0 {
            return (
                .noBetterThanBaseline,
                "The student is not shown to be better than always answering the most frequent label "
                    + "(\(figures(overBaseline, report))): do not deploy it."
            )
        }
        if let teacher = report.system(.teacher), let overTeacher = report.comparison(subject.name, teacher.name) {
            return judge(overTeacher, price: price(of: subject), in: report)
        }
        let range = FigureFormat.percentRange(subject.accuracy).map { "\(report.level) interval \($0)" }
        let aside = [range, "most frequent label \(FigureFormat.percent(baseline.accuracy.value))"].compactMap { $0 }
        return (
            .learned,
            "The student answers \(accuracy) of \(FigureFormat.count(subject.answered)) held-out texts correctly "
                + "(\(aside.joined(separator: ", ")))\(price(of: subject))."
        )
    }

    /// Student against teacher.
    private static func judge(
        _ comparison: ComparisonFigures, price: String, in report: EvaluationReport
    ) -> (Outcome, String) {
        let aside = figures(comparison, report)
        let texts = "\(FigureFormat.count(comparison.rows)) held-out texts"
        let lower = comparison.accuracyDifference.lower ?? 0
        if (comparison.accuracyDifference.upper ?? 0) < 0 {
            let share = comparison.accuracyRatio.map { FigureFormat.percent($0.value, decimals: 0) } ?? "part"
            return (.keepsPartOfTeacher, "The student keeps \(share) of its teacher’s accuracy (\(aside))\(price).")
        }
        if lower > 0 { return (.exceedsTeacher, "The student is more accurate than its teacher (\(aside))\(price).") }
        if lower < -widestMatch {
            return (.inconclusive, "\(texts) are too few to tell student and teacher apart (\(aside))\(price).")
        }
        return (
            .matchesTeacher,
            "The student is as accurate as its teacher, as far as \(texts) can tell (\(aside))\(price)."
        )
    }

    /// An interval that reaches further below the teacher than this does not count as a match.
    private static let widestMatch = 0.05

    private static func details(of report: EvaluationReport, baseline: SystemFigures) -> [String] {
        var details: [String] = []
        if let teacher = report.system(.teacher), teacher.answered > 0,
            (teacher.accuracy.lower ?? 0) <= baseline.accuracy.value
        {
            details.append("The teacher itself is not shown to be better than the most frequent label.")
        }
        if let float = report.system(.floatStudent), let quantized = report.system(.quantizedStudent),
            let change = report.comparison(quantized.name, float.name)
        {
            details.append(
                "Quantization changes accuracy by \(FigureFormat.points(change.accuracyDifference.value)) points"
                    + (FigureFormat.pointRange(change.accuracyDifference).map { " (\($0))" } ?? "") + ".")
        }
        if let price = report.cost.flatMap({ price(of: $0) }) { details.append(price) }
        if let deployment = report.deployment {
            let differing = deployment.rows - deployment.identicalPredictions
            details.append(
                differing == 0
                    ? "The deployed file answers all \(FigureFormat.count(deployment.rows)) held-out texts as the "
                        + "evaluated model does."
                    : "The deployed file answers \(FigureFormat.count(differing)) of \(FigureFormat.count(deployment.rows)) "
                        + "held-out texts differently from the evaluated model: it is not what was evaluated.")
        }
        return details
    }

    /// "81.2 % vs 84.5 %, difference −3.3 points, 95 % interval −5.0 to −1.6".
    private static func figures(_ comparison: ComparisonFigures, _ report: EvaluationReport) -> String {
        let range = FigureFormat.pointRange(comparison.accuracyDifference).map { "\(report.level) interval \($0)" }
        return [
            "\(FigureFormat.percent(comparison.firstAccuracy)) vs \(FigureFormat.percent(comparison.secondAccuracy))",
            "difference \(FigureFormat.points(comparison.accuracyDifference.value)) points", range,
        ].compactMap { $0 }.joined(separator: ", ")
    }

    private static func price(of system: SystemFigures) -> String {
        let size = system.sizeBytes.map(FigureFormat.bytes)
        let time = system.latency.map { "\(FigureFormat.microseconds($0.p50Microseconds, digits: 2)) a prediction" }
        let parts = [size, time].compactMap { $0 }
        return parts.isEmpty ? "" : " at " + parts.joined(separator: " and ")
    }
}

extension EvaluationReport {
    package func comparison(_ first: String, _ second: String) -> ComparisonFigures? {
        comparisons.first { $0.first == first && $0.second == second }
    }

    /// The level of the intervals as text: "95 %".
    var level: String { FigureFormat.roundPercent(options.intervalLevel) }

    /// Whether the held-out rows cannot tell systems apart.
    var hasOneLabel: Bool { classes.count(where: { $0.support > 0 }) < 2 }
}
