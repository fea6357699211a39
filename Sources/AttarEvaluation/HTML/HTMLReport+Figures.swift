// More figures of each system than the comparison at the top shows.
extension HTMLReport {
    private struct Figure {
        let name: String
        let meaning: String
        let value: (SystemFigures) -> (figure: String, range: String?)?
    }

    /// A row for each figure with what it means, a column for each system.
    var moreFigures: Section? {
        var rows = Markup.none
        for figure in figures {
            let values = report.systems.map { figure.value($0) }
            guard values.contains(where: { $0 != nil }) else { continue }
            var cells = Markup.none
            for value in values { cells += cell(figure.name, value?.figure, value?.range) }
            rows += "<tr><th scope=\"row\">\(figure.name)<small>\(figure.meaning)</small></th>\(cells)</tr>"
        }
        return Section(
            id: "figures", link: "More figures", title: "More figures",
            lede: "The usual figures of classification, for those who compare with other work.",
            body: plainTable(
                "More figures of each system", ["Figure"] + report.systems.map(\.name), rows, isPinned: true))
    }

    /// The class that shades the system that the report is about.
    func subjectMark(_ system: SystemFigures) -> Markup {
        system.name == report.subject ? " class=\"subject\"" : .none
    }

    private var figures: [Figure] {
        let counts = Set(report.systems.flatMap { $0.top ?? [] }.map(\.count)).sorted()
        return [
            Figure(name: "Precision", meaning: "share of answers with a label that are right, mean over labels") {
                $0.macroPrecision.map { (FigureFormat.percent($0.value), FigureFormat.percentRange($0)) }
            },
            Figure(name: "Recall", meaning: "share of a label’s texts that are found, mean over labels") {
                $0.macroRecall.map { (FigureFormat.percent($0.value), FigureFormat.percentRange($0)) }
            },
            Figure(
                name: "Weighted precision",
                meaning: "the same with each label weighted by its texts; weighted recall is the accuracy"
            ) { $0.weightedPrecision.map { (FigureFormat.percent($0.value), FigureFormat.percentRange($0)) } },
            Figure(name: "Weighted F1", meaning: "balance of precision and recall; frequent labels count more") {
                (
                    FigureFormat.percent($0.weightedF1),
                    FigureFormat.percentRange(Estimate($0.weightedF1, bounds: $0.weightedF1Bounds))
                )
            },
        ]
            + counts.map { count in
                Figure(name: "Top \(count)", meaning: "true label among the \(count) that it holds most likely") {
                    system in
                    system.top?.first { $0.count == count }.map {
                        (FigureFormat.percent($0.accuracy.value), FigureFormat.percentRange($0.accuracy))
                    }
                }
            } + [
                Figure(
                    name: "ROC area",
                    meaning: "how often a text of a label gets a higher probability of it than a text of another; "
                        + "0.5 is guessing, 1 is best (mean over labels)"
                ) { $0.rocArea.map { (FigureFormat.decimal($0.value, 3), range($0)) } },
                Figure(
                    name: "PR area",
                    meaning: "average precision: mean precision over all thresholds, mean over labels; 1 is best"
                ) { $0.averagePrecision.map { (FigureFormat.decimal($0.value, 3), range($0)) } },
                Figure(
                    name: "Brier", meaning: "mean squared error of the probabilities; 0 is best, 2 is worst"
                ) { $0.brier.map { (FigureFormat.decimal($0.value, 3), range($0)) } },
                Figure(
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
