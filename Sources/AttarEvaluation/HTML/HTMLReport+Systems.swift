// Systems side by side, and their differences.
extension HTMLReport {
    var systems: Section? {
        let level = report.level
        let hasSize = report.systems.contains { $0.sizeBytes != nil }
        let hasTime = report.systems.contains { $0.latency != nil }
        var columns = ["System", "Accuracy", "Macro-F1", "Log loss", "Calibration error"]
        if hasSize { columns.append("Size") }
        if hasTime { columns.append("One prediction") }
        var rows = Markup.none
        for system in report.systems {
            rows += row(system, hasSize: hasSize, hasTime: hasTime)
        }
        return Section(
            id: "systems", link: "Systems", title: "Systems compared",
            lede: """
                All answered the same held-out texts, which none has seen before. Small figures are \(level) intervals. \
                The shaded system is the one this report is about.
                """,
            body: table(
                "Systems compared", columns, rows,
                note: """
                    Accuracy: share answered right. Macro-F1: balance of missed and wrongly given answers, averaged over \
                    labels. Log loss and calibration error: quality of the probabilities, 0 is best; by chance: what a \
                    calibrated system may show on these texts. One prediction: typical time from raw text, and the time \
                    that 99 of 100 stay below.
                    """))
    }

    private func row(_ system: SystemFigures, hasSize: Bool, hasTime: Bool) -> Markup {
        let f1 = FigureFormat.percent(system.macroF1.value)
        let loss = system.logLoss.map { FigureFormat.decimal($0.value, 3) }
        let lossRange = system.logLoss.flatMap { loss -> String? in
            guard let lower = loss.lower, let upper = loss.upper else { return nil }
            return "\(FigureFormat.decimal(lower, 3))–\(FigureFormat.decimal(upper, 3))"
        }
        let error = system.calibrationError.map { "\(FigureFormat.decimal($0 * 100, 1))\(FigureFormat.space)points" }
        var cells: Markup = """
            \(cell("Accuracy", FigureFormat.percent(system.accuracy.value), FigureFormat.percentRange(system.accuracy)))\
            \(cell("Macro-F1", f1, FigureFormat.percentRange(system.macroF1)))\(cell("Log loss", loss, lossRange))\
            \(cell("Calibration error", error, chance(system)))
            """
        if hasSize { cells += cell("Size", system.sizeBytes.map(FigureFormat.bytes)) }
        if hasTime {
            cells += cell(
                "One prediction", system.latency.map { FigureFormat.microseconds($0.p50Microseconds) },
                system.latency.map { "99 %: \(FigureFormat.microseconds($0.p99Microseconds))" })
        }
        let answered: Markup =
            system.unanswered == 0
            ? .none
            : "<small>answered \(FigureFormat.count(system.answered)) of \(FigureFormat.count(report.heldOutRows))</small>"
        return """
            <tr\(subjectMark(system))><th scope="row"><span class="key \(system.role.colour)"></span>\(system.name)\(answered)</th>\(cells)</tr>
            """
    }

    var tradeOff: Section? {
        guard let chart = TradeOffChart(report) else { return nil }
        let note: Markup = chart.note.map { "<p class=\"note\">\($0)</p>" } ?? .none
        return Section(
            id: "trade-off", link: "Size and speed", title: "Accuracy, size and speed",
            lede: """
                Up is more often right, left is faster (the axis grows by factors). The pale disc grows with the size \
                to be stored; bars are \(report.level) intervals.
                """,
            body: "\(chart.markup)\(note)")
    }

    var differences: Section? {
        guard !report.comparisons.isEmpty else { return nil }
        let main = report.mainComparisons
        let others = report.comparisons.filter { !main.contains($0) }
        let rest: Markup =
            others.isEmpty ? .none : disclosed("The other pairs", pairs(others, "Other pairs of systems"))
        return Section(
            id: "differences", link: "Differences", title: "Differences",
            lede: """
                Pairs of systems on the same texts, so that hard texts count for both. If the interval holds 0, \
                the texts do not show a difference.
                """,
            body: """
                \(pairs(main, "Differences between systems"))\
                <p class="note">Accuracy and macro-F1: first minus second, in percentage points. Only one is right: texts \
                that only the first, and only the second, got right. Chance: how often so uneven a split would come about \
                between equally good systems (exact McNemar test).\(teacherNote)</p>\(rest)
                """)
    }

    private func pairs(_ comparisons: [ComparisonFigures], _ caption: String) -> Markup {
        var rows = Markup.none
        for comparison in comparisons {
            let points = FigureFormat.points(comparison.accuracyDifference.value)
            let f1 = FigureFormat.points(comparison.macroF1Difference.value)
            rows += """
                <tr><th scope="row">\(comparison.first)<small>compared with \(comparison.second)</small></th>\
                \(cell("Accuracy, points", points, FigureFormat.pointRange(comparison.accuracyDifference)))\
                \(cell("Macro-F1, points", f1, FigureFormat.pointRange(comparison.macroF1Difference)))\
                \(cell("Only one is right", "\(comparison.onlyFirstCorrect) : \(comparison.onlySecondCorrect)"))\
                \(cell("Chance", FigureFormat.probability(comparison.mcNemarProbability)))\
                \(cell("Same answers", comparison.sameAnswers))</tr>
                """
        }
        return table(
            caption,
            ["Pair", "Accuracy, points", "Macro-F1, points", "Only one is right", "Chance", "Same answers"], rows)
    }

    private var teacherNote: Markup {
        guard let agreement = report.teacherAgreement else { return .none }
        let divergence = agreement.divergence.map { divergence in
            let range = agreement.divergenceBounds.map {
                " (\(report.level) \(FigureFormat.decimal($0.lower, 3))–\(FigureFormat.decimal($0.upper, 3)))"
            }
            return ", mean divergence of probabilities \(FigureFormat.decimal(divergence, 3)) nats\(range ?? "")"
        }
        return """
             Student and teacher gave the same answer to \(FigureFormat.count(agreement.sameAnswerRows)) of \
            \(FigureFormat.count(agreement.rows)) texts\(divergence ?? "").
            """
    }

    private func chance(_ system: SystemFigures) -> String? {
        let range = system.calibrationError.flatMap { error in
            FigureFormat.percentRange(Estimate(error, bounds: system.calibrationErrorBounds))
        }
        let chance = system.calibrationErrorByChance.map { "by chance \(FigureFormat.decimal($0 * 100, 1))" }
        let parts = [range, chance].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
