// Parts of the data, damaged texts, texts of another kind, other seeds.
extension HTMLReport {
    var slices: Section? {
        guard let slices = report.stress?.slices, !slices.slices.isEmpty else { return nil }
        var rows = Markup.none
        for slice in slices.slices {
            let isFound = slice.adjustedProbability < slices.level && slice.accuracy.value < slice.restAccuracy
            let badge: Markup = isFound ? " <span class=\"badge warn\">worse</span>" : .none
            rows += """
                <tr><th scope="row">\(slice.name)\(badge)<small>by \(slice.by)</small></th>\
                \(cell("Texts", FigureFormat.count(slice.rows)))\(cell("Right", slice.accuracy))\
                \(cell("Right elsewhere", FigureFormat.percent(slice.restAccuracy)))\
                \(cell("By chance", FigureFormat.probability(slice.adjustedProbability)))</tr>
                """
        }
        let found = slices.found.count
        let result =
            found == 0
            ? "In none of them is the student worse by more than chance would have it."
            : "In \(FigureFormat.count(found)) of them the student is worse by more than chance would have it."
        return Section(
            id: "slices", link: "Weak parts", title: "Is it worse on some texts?",
            lede: """
                \(FigureFormat.count(slices.examined)) parts of the held-out texts were looked at: by length, label, source or \
                columns of the data. \(result)
                """,
            body: table(
                "Parts of the held-out texts", ["Part", "Texts", "Right", "Right elsewhere", "By chance"], rows,
                note: """
                    Worst first. By chance: how likely so large a difference would be if the part were like the rest. It \
                    allows for the number of parts looked at, as some look bad by luck; below \(FigureFormat.significant(slices.level, digits: 1)) a part counts as worse.
                    """))
    }

    var perturbations: Section? {
        guard let perturbations = report.stress?.perturbations, !perturbations.isEmpty else { return nil }
        var rows = Markup.none
        for figures in perturbations {
            rows += """
                <tr><th scope="row">\(figures.name)</th>\(cell("Right", figures.accuracy))\
                \(cell("Change, points", FigureFormat.points(figures.difference.value), FigureFormat.pointRange(figures.difference)))\
                \(cell("Same answer", FigureFormat.percent(figures.unchangedAnswers)))</tr>
                """
        }
        return Section(
            id: "perturbations", link: "Damaged texts", title: "Does it bear typing errors?",
            lede: "The same held-out texts, damaged on purpose. A sturdy student changes few answers.",
            body: table(
                "Damaged texts", ["What was done", "Right", "Change, points", "Same answer"], rows,
                note: """
                    Change: share right on damaged minus on whole texts, in percentage points; if the interval holds 0, no \
                    change is shown. Same answer: share of texts whose answer stayed what it was.
                    """))
    }

    var shifted: Section? {
        guard let stress = report.stress, stress.shifted != nil || stress.drift != nil else { return nil }
        let others = stress.shifted.map { "\(facts($0))\(drift($0.drift, title: "How far they have moved"))" as Markup }
        let own = stress.drift.map { drift($0, title: "The held-out texts themselves") }
        return Section(
            id: "shift", link: "Other texts", title: "What if the texts change?",
            lede: """
                How far texts are from those the student was made for. What is promised holds for texts of the same kind \
                only.
                """,
            body: "\(others ?? .none)\(own ?? .none)")
    }

    private func facts(_ shifted: ShiftedFigures) -> Markup {
        var facts = fact("Texts", "\(FigureFormat.count(shifted.rows)) of \(shifted.source)")
        let own =
            report.subjectFigures.map { "; \(FigureFormat.percent($0.accuracy.value)) on the held-out texts" } ?? ""
        facts += fact("Right", "\(withRange(shifted.accuracy))\(own)")
        facts += fact("Macro-F1", FigureFormat.percent(shifted.macroF1))
        if let coverage = shifted.coverage {
            facts += fact("It would answer by itself", FigureFormat.percent(coverage))
        }
        if let right = shifted.answeredAccuracy {
            let target = report.cascade.map { "; \(FigureFormat.roundPercent($0.target)) was the target" } ?? ""
            facts += fact("Right among those", "\(withRange(right))\(target)")
        }
        return "<h4>Labelled texts of another kind</h4><dl class=\"facts\">\(facts)</dl>"
    }

    private func drift(_ drift: DriftFigures, title: String) -> Markup {
        let (kind, level) =
            switch drift.level {
            case .none: ("good", "no drift")
            case .moderate: ("warn", "moderate drift")
            case .strong: ("alarm", "strong drift")
            }
        var rows = driftRow("Confidence", decimal(drift.scoreStability), nil, "population stability index")
        rows += driftRow(
            "Answers", decimal(drift.labelStability), nil, "population stability index of the labels given")
        rows += driftRow(
            "Widest gap of confidence", decimal(drift.scoreShift), nil,
            "Kolmogorov–Smirnov statistic; by chance \(FigureFormat.probability(drift.scoreShiftProbability))")
        if let now = drift.belowThreshold {
            rows += driftRow(
                "Below the threshold", percent(now), drift.belowThresholdWhenFitted.map(percent), "share of texts")
        }
        if let now = drift.newVocabulary {
            rows += driftRow(
                "New words", percent(now), drift.newVocabularyWhenFitted.map(percent),
                "share of a text’s word pieces that training never saw")
        }
        let measures = table(
            title, ["Measure", "Now", "When fitted"], rows,
            note: """
                Of \(FigureFormat.count(drift.rows)) texts. Stability index: 0 is no change, from 0.1 on moderate, from \
                0.25 on strong, where chance does not explain it. Kolmogorov–Smirnov statistic: largest difference between the shares of texts below any confidence, 0 to 1. When fitted: on the calibration \
                rows that the threshold was chosen on. None of these needs labels.
                """)
        // Where nothing has moved, the sentence is enough for most.
        let details = drift.level == .none ? disclosed("The measures", measures) : measures
        return """
            <h4>\(title) <span class="badge \(kind)">\(level)</span></h4><p>\(drift.sentence)</p>\(details)
            """
    }

    private func driftRow(_ name: String, _ now: String, _ fitted: String?, _ meaning: String) -> Markup {
        """
        <tr><th scope="row">\(name)<small>\(meaning)</small></th>\(cell("Now", now))\(cell("When fitted", fitted))</tr>
        """
    }

    private func decimal(_ value: Double) -> String { FigureFormat.decimal(value, 3) }

    private func percent(_ share: Double) -> String { FigureFormat.percent(share) }

    /// "96.1 % (94.6–97.3)".
    func withRange(_ share: Estimate) -> String {
        FigureFormat.percent(share.value) + (FigureFormat.percentRange(share).map { " (\($0))" } ?? "")
    }

    var seeds: Section? {
        guard let seeds = report.seeds, !seeds.runs.isEmpty else { return nil }
        var rows = Markup.none
        for run in seeds.runs {
            rows += """
                <tr><th scope="row">\(run.name)</th><td class="number">\(run.seed)</td>\
                <td class="number">\(FigureFormat.percent(run.accuracy))</td>\
                <td class="number">\(FigureFormat.percent(run.macroF1))</td></tr>
                """
        }
        let spread = FigureFormat.decimal(seeds.accuracyDeviation * 100, 1)
        return Section(
            id: "seeds", link: "Other seeds", title: "How much is luck?",
            lede: """
                The same recipe, trained \(FigureFormat.count(seeds.runs.count)) times from different random starts (seeds). \
                Little spread means that the figures are the recipe’s, not one lucky start’s.
                """,
            body: """
                \(plainTable("Runs by seed", ["Run", "Seed", "Accuracy", "Macro-F1"], rows))\
                <p class="note">Mean accuracy \(withRange(seeds.accuracy)), standard deviation \(spread) points; mean macro-F1 \
                \(withRange(seeds.macroF1)). In brackets: \(report.level) interval of the mean over seeds (Student’s t).</p>
                """)
    }
}
