// Which share of the texts the student can answer by itself.
extension HTMLReport {
    var cascade: Section? {
        guard let curve = report.cascade?.curve ?? report.coverageCurve else { return nil }
        let chart = CoverageChart(curve, chosen: report.cascade)?.markup ?? .none
        guard let cascade = report.cascade else {
            return Section(
                id: "cascade", link: "Own share", title: "Which share could it answer by itself?",
                lede: """
                    If the student answered only the texts it is sure of, more of its answers would be right: fewer texts \
                    (to the left), fewer mistakes (up).
                    """,
                body: """
                    \(chart)<p class="note">No threshold was fitted on calibration rows, so nothing is guaranteed; the band \
                    is the \(report.level) interval of each point by itself.</p>\(curveTable(curve))
                    """)
        }
        return Section(
            id: "cascade", link: "Own share", title: "Which share can it answer by itself?",
            lede: """
                The student answers the texts it is sure of and leaves the others to the teacher. How sure it must be is \
                the threshold: a lower one leaves more texts to it (to the right), and lets more mistakes pass (down).
                """,
            body:
                "\(warnings(cascade))\(chart)\(parts(cascade))\(choice(cascade))\(curveTable(curve))"
        )
    }

    private func warnings(_ cascade: CascadeFigures) -> Markup {
        var items = Markup.none
        for warning in Verdict.details(of: cascade, in: report) { items += "<p class=\"alarm\">\(warning)</p>" }
        return items
    }

    /// What becomes of the two parts of the texts, and of all.
    private func parts(_ cascade: CascadeFigures) -> Markup {
        let rest = Estimate(
            1 - cascade.coverage.value,
            lower: cascade.coverage.upper.map { 1 - $0 }, upper: cascade.coverage.lower.map { 1 - $0 })
        let restRows = report.heldOutRows - cascade.answeredRows
        var rows = part(
            "Answered by the student", cascade.coverage, cascade.answeredRows, right: cascade.answeredAccuracy,
            aside: cascade.answeredAgreement.map { "\(FigureFormat.percent($0.value)) as the teacher answers" })
        rows += part(
            "Left to the teacher", rest, restRows, right: cascade.teacherOnDeferred,
            aside: cascade.studentOnDeferred.map { "the student: \(FigureFormat.percent($0.value))" })
        rows += part(
            "Both together", Estimate(1), report.heldOutRows, right: cascade.accuracy,
            aside: report.system(.teacher).map { "the teacher alone: \(FigureFormat.percent($0.accuracy.value))" })
        return table(
            "Who answers what", ["Texts", "Share", "Right", "For comparison"], rows,
            note: "Right: share of these texts whose answer is the true label, with its \(report.level) interval.")
    }

    private func part(_ name: String, _ share: Estimate, _ count: Int, right: Estimate?, aside: String?) -> Markup {
        """
        <tr><th scope="row">\(name)<small>\(FigureFormat.count(count)) of \(FigureFormat.count(report.heldOutRows)) \
        held-out texts</small></th>\
        \(cell("Share", share))\(cell("Right", right))\
        \(cell("For comparison", aside))</tr>
        """
    }

    /// How the threshold came about, and what it promises.
    private func choice(_ cascade: CascadeFigures) -> Markup {
        var facts = fact("How sure it is", "\(cascade.score) of an answer")
        let threshold =
            cascade.threshold.map { FigureFormat.significant($0) }
            ?? (cascade.isPerLabel && cascade.answersAny ? "one for each label" : "none reaches the target")
        facts += fact("Threshold", threshold)
        let aim = cascade.isAboutTeacher ? "the same as the teacher’s" : "right"
        let scope = cascade.isPerLabel ? ", for each label by itself" : ""
        facts += fact(
            "Guarantee",
            cascade.isGuaranteed
                ? "of the answers it gives, \(FigureFormat.roundPercent(cascade.target)) or more are \(aim)\(scope); this "
                    + "holds in \(FigureFormat.roundPercent(cascade.confidence)) of repetitions with other calibration rows"
                : "none: the threshold was not fitted on calibration rows")
        if cascade.isGuaranteed {
            facts += fact(
                "Fitted on",
                "\(FigureFormat.count(cascade.fittedRows)) calibration rows, which neither training nor any other choice used"
            )
        }
        if !cascade.deferredLabels.isEmpty {
            facts += fact("Never answered by itself", cascade.deferredLabels.joined(separator: ", "))
        }
        if let gate = cascade.gate {
            let share =
                cascade.heldBackByGate.map { "; it holds back \(FigureFormat.percent($0)) of these texts" } ?? ""
            let limit = cascade.gateThreshold.map { ", limit \(FigureFormat.significant($0))" } ?? ""
            facts += fact("Texts unlike the training texts", "go to the teacher (\(gate)\(limit))\(share)")
        }
        return "<h4>How the threshold was chosen</h4><dl class=\"facts\">\(facts)</dl>"
    }

    private func curveTable(_ curve: [CascadeFigures.Point]) -> Markup {
        var rows = Markup.none
        for point in curve.everyTenth {
            rows += """
                <tr><th scope="row" class="number">\(FigureFormat.percent(point.coverage, decimals: 0))</th>\
                <td class="number">\(FigureFormat.percent(point.accuracy.value))</td>\
                <td class="number">\(FigureFormat.percentRange(point.accuracy) ?? FigureFormat.missing)</td>\
                <td class="number">\(FigureFormat.significant(point.threshold))</td></tr>
                """
        }
        guard !rows.text.isEmpty else { return .none }
        return disclosed(
            "The curve in figures",
            plainTable(
                "Coverage and risk", ["Share answered", "Right", report.level, "Threshold"], rows, isNumeric: true))
    }
}

extension [CascadeFigures.Point] {
    /// Those about a tenth of the rows apart.
    var everyTenth: Self {
        var points: Self = []
        for tenth in 1...10 {
            guard let nearest = self.min(by: { distance($0, tenth) < distance($1, tenth) }), nearest != points.last
            else { continue }
            points.append(nearest)
        }
        return points
    }

    private func distance(_ point: CascadeFigures.Point, _ tenth: Int) -> Double {
        abs(point.coverage - Double(tenth) / 10)
    }
}

extension Estimate {
    init(_ value: Double, lower: Double?, upper: Double?) {
        self.init(value)
        self.lower = lower
        self.upper = upper
    }
}
