// Confidence, amount of data, labels and mistakes.
extension HTMLReport {
    var reliability: Section? {
        guard !report.reliability.isEmpty else { return nil }
        var legend = Markup.none
        for curve in report.reliability {
            let error = FigureFormat.decimal(curve.calibrationError * 100, 1)
            legend += """
                <li><i class="\(curve.role.colour)\(curve.role == .teacher ? "" : " round")"></i>\
                <strong>\(curve.system)</strong>off by \(error) points on average (expected calibration error)</li>
                """
        }
        return Section(
            id: "confidence", link: "Confidence", title: "Can its confidence be trusted?",
            lede: """
                Texts are grouped by how sure the answer was. On the dotted line a system that says 80% is right 80% of \
                the time; below it, it is too sure of itself.
                """,
            body: """
                <div class="beside">\(ReliabilityChart(curves: report.reliability).markup)\
                <ul class="legend keys">\(legend)</ul></div>\(reliabilityTable)
                """)
    }

    private var reliabilityTable: Markup {
        var rows = Markup.none
        for curve in report.reliability {
            for bin in curve.bins {
                rows += """
                    <tr><th scope="row">\(curve.system)</th><td class="number">\(FigureFormat.count(bin.rows))</td>\
                    <td class="number">\(FigureFormat.percent(bin.confidence))</td>\
                    <td class="number">\(withRange(bin.accuracy))</td></tr>
                    """
            }
        }
        return disclosed(
            "The curve in figures",
            plainTable("Reliability", ["System", "Texts", "Mean confidence", "Right"], rows))
    }

    var learningCurve: Section? {
        guard let curve = report.learningCurve, let first = curve.points.first, let last = curve.points.last,
            curve.points.count > 1
        else { return nil }
        let gain = FigureFormat.points(last.accuracy.value - curve.points[curve.points.count - 2].accuracy.value)
        let teacher = curve.part == "held-out" ? report.system(.teacher) : nil
        return Section(
            id: "learning-curve", link: "More data?", title: "Would more data help?",
            lede: """
                Students trained on growing parts of the data, from \(FigureFormat.count(first.rows)) to \
                \(FigureFormat.count(last.rows)) rows, judged on \(curve.part) data. A line that still rises asks for more.
                """,
            body: """
                \(LearningCurveChart(curve: curve, teacher: teacher).markup)\
                <p class="note">The last step changed accuracy by \(gain) points. Bars are \(report.level) intervals.</p>\
                \(learningTable(curve))
                """)
    }

    private func learningTable(_ curve: LearningCurveFigures) -> Markup {
        var rows = Markup.none
        for point in curve.points {
            rows += """
                <tr><th scope="row" class="number">\(FigureFormat.count(point.rows))</th>\
                <td class="number">\(withRange(point.accuracy))</td>\
                <td class="number">\(FigureFormat.count(point.judged))</td></tr>
                """
        }
        return disclosed(
            "The curve in figures",
            plainTable("Learning curve", ["Rows trained on", "Accuracy", "Judged on"], rows, isNumeric: true))
    }

    var labels: Section? {
        let order = report.classes.indices.sorted {
            (report.classes[$0].f1, $0) < (report.classes[$1].f1, $1)
        }
        var rows = Markup.none
        let isNumbered = report.labels.count > ConfusionChart.mostLabelsInTable
        for index in order { rows += row(report.classes[index], number: isNumbered ? index + 1 : nil) }
        return Section(
            id: "labels", link: "Labels", title: "Label by label",
            lede: """
                Hardest labels first. Recall: share of a label’s texts that were found. Precision: share of answers with \
                this label that were right. F1 balances both. All in percent; “taken for” names the most frequent mistake.
                """,
            body: """
                \(filter("label-table", "Filter labels", rows: report.classes.count))\
                <div class="scroll\(report.labels.count > 20 ? " tall" : "")" tabindex="0" role="region" \
                aria-label="Figures by label">\
                <table id="label-table" data-sortable><caption>Figures by label, hardest first</caption><thead><tr><th scope="col">Label</th>\
                <th scope="col" class="number">Texts</th><th scope="col" class="number">Precision</th>\
                <th scope="col" class="number">Recall</th><th scope="col" class="number" aria-sort="ascending">F1</th>\
                </tr></thead><tbody>\(rows)</tbody></table></div>
                """)
    }

    private func row(_ figures: ClassFigures, number: Int?) -> Markup {
        let taken = figures.takenFor.map { "\(figures.takenForRows)× taken for \($0)" }
        let small = [number.map { "no. \($0)" }, taken].compactMap { $0 }.joined(separator: " · ")
        return """
            <tr><th scope="row" data-value="\(figures.label)">\(figures.label)<small>\(small)</small></th>\
            <td class="number" data-value="\(figures.support)">\(FigureFormat.count(figures.support))</td>\
            \(share(figures.precision, isDefined: figures.predicted > 0))\
            \(share(figures.recall.value, isDefined: figures.support > 0))\
            \(share(figures.f1, isDefined: figures.support + figures.predicted > 0, hasBar: true))</tr>
            """
    }

    private func share(_ value: Double, isDefined: Bool, hasBar: Bool = false) -> Markup {
        let sorted = Markup(trusted: isDefined ? FigureFormat.decimal(value, 6) : "-1")
        guard isDefined else { return "<td class=\"number quiet\" data-value=\"\(sorted)\">–</td>" }
        let bar: Markup = hasBar ? "<span class=\"bar\"><i style=\"width:\(value * 100)%\"></i></span>" : .none
        return "<td class=\"number\" data-value=\"\(sorted)\">\(FigureFormat.decimal(value * 100, 1))\(bar)</td>"
    }

    var mistakes: Section? {
        guard report.labels.count > 1 else { return nil }
        var pairs: [(truth: Int, predicted: Int, rows: Int)] = []
        for truth in report.labels.indices {
            for predicted in report.labels.indices where truth != predicted && report.confusion[truth][predicted] > 0 {
                pairs.append((truth, predicted, report.confusion[truth][predicted]))
            }
        }
        pairs.sort { ($1.rows, $0.truth, $0.predicted) < ($0.rows, $1.truth, $1.predicted) }
        let isTable = report.labels.count <= ConfusionChart.mostLabelsInTable
        let marked = isTable ? [] : pairs.prefix(ConfusionChart.mostMarked).map { ($0.truth, $0.predicted) }
        let chart = ConfusionChart(labels: report.labels, counts: report.confusion, marked: marked)
        return Section(
            id: "mistakes", link: "Confusions", title: "What is taken for what",
            lede: """
                A row for each true label, a column for each answer: the diagonal is right, a strong cell off it is a pair \
                of labels that the student confuses.
                """,
            body: "\(chart.markup)\(pairTable(pairs, marked: marked.count))")
    }

    /// The pairs of labels that were confused, most frequent first.
    private func pairTable(_ pairs: [(truth: Int, predicted: Int, rows: Int)], marked: Int) -> Markup {
        guard !pairs.isEmpty else {
            return "<p class=\"note\">There are none: every held-out text was answered right.</p>"
        }
        let shown = pairs.prefix(report.labels.count <= ConfusionChart.mostLabelsInTable ? 8 : 150)
        var rows = Markup.none
        for (place, pair) in shown.enumerated() {
            let support = report.classes[pair.truth].support
            let share = Double(pair.rows) / Double(max(1, support))
            let number: Markup = place < marked ? "<small>marked \(place + 1)</small>" : .none
            rows += """
                <tr><th scope="row" data-value="\(report.labels[pair.truth])">\(report.labels[pair.truth])\(number)</th>\
                <td data-value="\(report.labels[pair.predicted])">\(report.labels[pair.predicted])</td>\
                <td class="number" data-value="\(pair.rows)">\(FigureFormat.count(pair.rows))</td>\
                <td class="number" data-value="\(Markup(trusted: FigureFormat.decimal(share, 6)))">\
                \(FigureFormat.percent(share, decimals: 0))</td></tr>
                """
        }
        let rest =
            pairs.count > shown.count
            ? "The \(FigureFormat.count(shown.count)) most frequent of \(FigureFormat.count(pairs.count)) pairs. " : ""
        return """
            <h4>Most frequent mistakes</h4>\(filter("pair-table", "Filter by true label or answer", rows: shown.count))\
            <div class="scroll\(shown.count > 12 ? " tall" : "")" tabindex="0" role="region" \
            aria-label="Most frequent mistakes"><table id="pair-table" data-sortable>\
            <caption>Pairs of labels that were confused</caption><thead><tr><th scope="col">True label</th>\
            <th scope="col">Answered</th><th scope="col" class="number" aria-sort="descending">Texts</th>\
            <th scope="col" class="number">Of the label</th></tr></thead><tbody>\(rows)</tbody></table></div>\
            <p class="note">\(rest)Of the label: share of the true label’s texts that got this answer.</p>
            """
    }

    /// A box that hides the rows of a long table without the words typed. Only with the script.
    private func filter(_ table: String, _ name: String, rows: Int) -> Markup {
        guard rows > 12 else { return .none }
        return """
            <div class="filter" hidden><label for="\(table)-filter">\(name)</label>\
            <input type="search" id="\(table)-filter" data-filters="\(table)" autocomplete="off">\
            <output for="\(table)-filter"></output></div>
            """
    }
}
