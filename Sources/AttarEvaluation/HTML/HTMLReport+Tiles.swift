// The figures at the top of the page.
extension HTMLReport {
    var tiles: Markup {
        guard let subject = report.subjectFigures else { return .none }
        let teacher = report.system(.teacher)
        var tiles = Markup.none
        let range = FigureFormat.percentRange(subject.accuracy, by: " and ").map {
            "between \($0) with \(report.level) confidence"
        }
        tiles += tile(
            "Accuracy", FigureFormat.percent(subject.accuracy.value), range ?? "of held-out texts", isLead: true)
        if let teacher, let ratio = report.comparison(subject.name, teacher.name)?.accuracyRatio {
            let range = FigureFormat.percentRange(ratio).map { " (\($0))" } ?? ""
            tiles += tile(
                "Kept of the teacher", FigureFormat.percent(ratio.value, decimals: 0),
                "student’s accuracy as a share of the teacher’s\(range)")
        } else {
            tiles += tile(
                "Macro-F1", FigureFormat.percent(subject.macroF1.value),
                "every label counts the same, however rare")
        }
        if let bytes = subject.sizeBytes {
            let smaller = teacher?.sizeBytes.map { FigureFormat.factor(Double($0) / Double(max(1, bytes))) }
            tiles += tile(
                "Model file", FigureFormat.bytes(bytes),
                smaller.map { "\($0) smaller than the teacher" } ?? "all that has to be shipped")
        }
        if let latency = subject.latency {
            let faster = teacher?.latency.map {
                FigureFormat.factor($0.p50Microseconds / max(latency.p50Microseconds, 0.001))
                    + " faster than the teacher"
            }
            let late = "99 of 100 within \(FigureFormat.microseconds(latency.p99Microseconds, digits: 2))"
            tiles += tile(
                "One prediction", FigureFormat.microseconds(latency.p50Microseconds, digits: 2),
                [late, faster].compactMap { $0 }.joined(separator: "; "))
        }
        if let cost = report.cost, let price = cost.teacherPerThousand {
            let own = cost.studentPerThousand.map { "the student: \(FigureFormat.money($0, currency: cost.currency))" }
            tiles += tile(
                "Teacher per 1,000", FigureFormat.money(price, currency: cost.currency),
                "answers, at the recipe’s prices" + (own.map { "; \($0)" } ?? ""))
        }
        if let error = subject.calibrationError {
            tiles += tile(
                "Calibration error", "\(FigureFormat.decimal(error * 100, 1))\(FigureFormat.space)points",
                subject.isMiscalibrated == false
                    ? "no more than chance gives a calibrated model on so many texts"
                    : "how far its confidence is from being right, on average")
        }
        return "<dl class=\"tiles\">\(tiles)</dl>"
    }

    private func tile(_ name: String, _ figure: String, _ meaning: String, isLead: Bool = false) -> Markup {
        let parts = figure.split(separator: "\u{A0}", maxSplits: 1)
        let unit: Markup = parts.count == 2 ? " <span class=\"unit\">\(String(parts[1]))</span>" : .none
        return """
            <div class="tile\(isLead ? " lead" : "")"><dt>\(name)</dt><dd><span class="figure">\
            \(parts.first.map(String.init) ?? figure)\(unit)</span><span class="means">\(meaning)</span></dd></div>
            """
    }
}
