// More figures of each system than the comparison at the top shows.
extension HTMLReport {
    private struct Column {
        let name: String
        let meaning: String
        let cell: (SystemFigures) -> (figure: String, range: String?)?
    }

    var moreFigures: Section? {
        let shown = columns.filter { column in report.systems.contains { column.cell($0) != nil } }
        guard !shown.isEmpty else { return nil }
        var rows = Markup.none
        for system in report.systems {
            var cells = Markup.none
            for column in shown {
                let content = column.cell(system)
                cells += cell(column.name, content?.figure, content?.range)
            }
            rows += """
                <tr\(subjectMark(system))><th scope="row"><span class="key \(system.role.colour)"></span>\
                \(system.name)</th>\(cells)</tr>
                """
        }
        var meanings = Markup.none
        for column in shown { meanings += fact(column.name, column.meaning) }
        return Section(
            id: "figures", link: "More figures", title: "More figures",
            lede:
                "The usual figures of classification, for those who compare with other work. What each means is said below.",
            body: """
                \(plainTable("More figures of each system", ["System"] + shown.map(\.name), rows, isPinned: true))\
                <dl class="facts meanings">\(meanings)</dl>
                """)
    }

    /// The class that shades the system that the report is about.
    func subjectMark(_ system: SystemFigures) -> Markup {
        system.name == report.subject ? " class=\"subject\"" : .none
    }

    private var columns: [Column] {
        let counts = Set(report.systems.flatMap { $0.top ?? [] }.map(\.count)).sorted()
        return [
            Column(name: "Precision", meaning: "share of answers with a label that are right, mean over labels") {
                $0.macroPrecision.map { (FigureFormat.percent($0.value), FigureFormat.percentRange($0)) }
            },
            Column(name: "Recall", meaning: "share of a label’s texts that are found, mean over labels") {
                $0.macroRecall.map { (FigureFormat.percent($0.value), FigureFormat.percentRange($0)) }
            },
            Column(
                name: "Weighted precision",
                meaning: "the same with each label weighted by its texts; weighted recall is the accuracy"
            ) { $0.weightedPrecision.map { (FigureFormat.percent($0.value), FigureFormat.percentRange($0)) } },
            Column(name: "Weighted F1", meaning: "balance of precision and recall; frequent labels count more") {
                (
                    FigureFormat.percent($0.weightedF1),
                    FigureFormat.percentRange(Estimate($0.weightedF1, bounds: $0.weightedF1Bounds))
                )
            },
        ]
            + counts.map { count in
                Column(name: "Top \(count)", meaning: "true label among the \(count) that it holds most likely") {
                    system in
                    system.top?.first { $0.count == count }.map {
                        (FigureFormat.percent($0.accuracy.value), FigureFormat.percentRange($0.accuracy))
                    }
                }
            } + [
                Column(
                    name: "ROC area",
                    meaning: "how often a text of a label gets a higher probability of it than a text of another; "
                        + "0.5 is guessing, 1 is best (mean over labels)"
                ) { $0.rocArea.map { (FigureFormat.decimal($0.value, 3), range($0)) } },
                Column(
                    name: "PR area",
                    meaning: "average precision: mean precision over all thresholds, mean over labels; 1 is best"
                ) { $0.averagePrecision.map { (FigureFormat.decimal($0.value, 3), range($0)) } },
                Column(
                    name: "Brier", meaning: "mean squared error of the probabilities; 0 is best, 2 is worst"
                ) { $0.brier.map { (FigureFormat.decimal($0.value, 3), range($0)) } },
                Column(
                    name: "Mean cost",
                    meaning: "of a mistake by the recipe’s cost matrix, right answers included; lower is better"
                ) { $0.meanCost.map { (FigureFormat.significant($0.value), range($0)) } },
            ]
    }

    private func range(_ estimate: Estimate) -> String? {
        guard let lower = estimate.lower, let upper = estimate.upper else { return nil }
        return "\(FigureFormat.decimal(lower, 3))–\(FigureFormat.decimal(upper, 3))"
    }
}
