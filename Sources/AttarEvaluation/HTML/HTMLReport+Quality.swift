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
            id: "confidence", title: "Can its confidence be trusted?",
            lede: """
                Texts are grouped by how sure the answer was. On the dotted line a system that says 80% is right 80% of \
                the time; below it, it is too sure of itself.
                """,
            body: """
                <div class="beside">\(ReliabilityChart(curves: report.reliability).markup)\
                <ul class="legend keys">\(legend)</ul></div>
                """)
    }

    var learningCurve: Section? {
        guard let curve = report.learningCurve, let first = curve.points.first, let last = curve.points.last,
            curve.points.count > 1
        else { return nil }
        let gain = FigureFormat.points(last.accuracy.value - curve.points[curve.points.count - 2].accuracy.value)
        let teacher = curve.part == "held-out" ? report.system(.teacher) : nil
        return Section(
            id: "learning-curve", title: "Would more data help?",
            lede: """
                Students trained on growing parts of the data, from \(FigureFormat.count(first.rows)) to \
                \(FigureFormat.count(last.rows)) rows, judged on \(curve.part) data. A line that still rises asks for more.
                """,
            body: """
                \(LearningCurveChart(curve: curve, teacher: teacher).markup)\
                <p class="note">The last step changed accuracy by \(gain) points.</p>
                """)
    }

    var labels: Section? {
        let order = report.classes.indices.sorted {
            (report.classes[$0].f1, $0) < (report.classes[$1].f1, $1)
        }
        var rows = Markup.none
        let isNumbered = report.labels.count > ConfusionChart.mostLabelsInTable
        for index in order { rows += row(report.classes[index], number: isNumbered ? index + 1 : nil) }
        let filter: Markup =
            report.classes.count > 12
            ? "<input class=\"filter\" type=\"search\" hidden data-filters=\"label-table\" placeholder=\"Filter labels\" aria-label=\"Filter labels\">"
            : .none
        return Section(
            id: "labels", title: "Label by label",
            lede: """
                Hardest labels first. Recall: share of a label’s texts that were found. Precision: share of answers with \
                this label that were right. F1 balances both.
                """,
            body: """
                \(filter)<div class="scroll\(report.labels.count > 20 ? " tall" : "")" tabindex="0" role="region" aria-label="Figures by label">\
                <table id="label-table" data-sortable><thead><tr><th scope="col">Label</th>\
                <th scope="col" class="number">Texts</th><th scope="col" class="number">Precision</th>\
                <th scope="col" class="number">Recall</th><th scope="col" class="number" aria-sort="ascending">F1</th>\
                </tr></thead><tbody>\(rows)</tbody></table></div>
                """)
    }

    private func row(_ figures: ClassFigures, number: Int?) -> Markup {
        let taken = figures.takenFor.map { "taken for \($0) \(figures.takenForRows)×" }
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
        var rows = Markup.none
        for pair in pairs.prefix(8) {
            let support = report.classes[pair.truth].support
            rows += """
                <tr><th scope="row">\(report.labels[pair.truth])</th><td>\(report.labels[pair.predicted])</td>\
                <td class="number">\(FigureFormat.count(pair.rows))</td><td class="number">\
                \(FigureFormat.percent(Double(pair.rows) / Double(max(1, support)), decimals: 0))</td></tr>
                """
        }
        let list: Markup =
            pairs.isEmpty
            ? "<p class=\"note\">There are none: every held-out text was answered right.</p>"
            : """
            <h3>Most frequent mistakes</h3><table><thead><tr><th scope="col">True label</th>\
            <th scope="col">Answered</th><th scope="col" class="number">Texts</th>\
            <th scope="col" class="number">Of the label</th></tr></thead>\
            <tbody>\(rows)</tbody></table>
            """
        return Section(
            id: "mistakes", title: "What is taken for what",
            lede: "The diagonal is right. A strong cell off it is a pair of labels that the student confuses.",
            body: "\(ConfusionChart(labels: report.labels, counts: report.confusion).markup)\(list)")
    }

    var examples: Section? {
        guard !report.examples.isEmpty else { return nil }
        var items = Markup.none
        for example in report.examples {
            let teacher = example.teacher.map { "; the teacher: \($0)" } ?? ""
            items += """
                <li><blockquote>\(example.text.shortened(to: 600))</blockquote><p>labelled \(example.expected), answered \
                \(example.predicted) (\(FigureFormat.percent(example.probability, decimals: 0)) sure)\(teacher)</p></li>
                """
        }
        return Section(
            id: "examples", title: "Surest mistakes",
            lede: "Texts that the student got wrong while most sure of itself. Some may turn out to be mislabelled.",
            body: "<ol class=\"cases\">\(items)</ol>")
    }
}
