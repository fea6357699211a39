// How good its answers are, where they are worse, and what they cost.
extension ModelCard {
    var evaluation: Prose {
        var text: Prose = .paragraph(
            "Judged on \(FigureFormat.count(report.heldOutRows)) held-out texts, which neither training nor any choice used. "
                + "In brackets: \(report.level) intervals.")
        text += systems
        text += .table(
            ["Difference", "Accuracy, points", "Macro-F1, points", "McNemar p"],
            report.comparisons.map {
                [
                    "\($0.first) − \($0.second)", points($0.accuracyDifference), points($0.macroF1Difference),
                    FigureFormat.probability($0.mcNemarProbability),
                ]
            })
        text += cascade
        text += .table(
            ["Label", "Texts", "Precision", "Recall", "F1", "Most often taken for"],
            report.classes.map {
                [
                    $0.label, FigureFormat.count($0.support), FigureFormat.percent($0.precision), shown($0.recall),
                    FigureFormat.percent($0.f1), $0.takenFor ?? "",
                ]
            })
        text += stress
        return text
    }

    private var systems: Prose {
        .table(
            ["System", "Accuracy", "Macro-F1", "Log loss", "Calibration error, points", "Size", "One prediction"],
            report.systems.map { system in
                [
                    system.name, shown(system.accuracy), shown(system.macroF1),
                    system.logLoss.map { FigureFormat.decimal($0.value, 3) } ?? FigureFormat.missing,
                    system.calibrationError.map { FigureFormat.decimal($0 * 100, 1) } ?? FigureFormat.missing,
                    system.sizeBytes.map(FigureFormat.bytes) ?? FigureFormat.missing,
                    system.latency.map { FigureFormat.microseconds($0.p50Microseconds) } ?? FigureFormat.missing,
                ]
            })
    }

    private var cascade: Prose {
        guard let cascade = report.cascade else { return .none }
        var rows = [
            ["Answered by the student", shown(cascade.coverage)],
            ["Right, of those", shown(cascade.answeredAccuracy)],
        ]
        if let agreement = cascade.answeredAgreement {
            rows.append(["As the teacher answers, of those", shown(agreement)])
        }
        if let teacher = cascade.teacherOnDeferred {
            rows.append(["Right, of those left to the teacher", shown(teacher)])
        }
        if let accuracy = cascade.accuracy { rows.append(["Right, of all", shown(accuracy)]) }
        if let threshold = cascade.threshold {
            rows.append(["Threshold (\(cascade.score))", FigureFormat.significant(threshold)])
        }
        let promise = cascade.isGuaranteed ? "\(cascade.guarantee) (\(cascade.guaranteed))" : "none"
        rows.append(["Guarantee", promise])
        return .table(["Student first, teacher when unsure", "Value"], rows)
    }

    private var stress: Prose {
        var text: Prose = .table(
            ["Part of the texts", "Texts", "Right", "Right elsewhere", "By chance, corrected"],
            (report.stress?.slices?.slices ?? []).map {
                [
                    "\($0.by): \($0.name)", FigureFormat.count($0.rows), shown($0.accuracy),
                    FigureFormat.percent($0.restAccuracy), FigureFormat.probability($0.adjustedProbability),
                ]
            })
        text += .table(
            ["Damaged texts", "Right", "Change, points", "Same answer"],
            (report.stress?.perturbations ?? []).map {
                [$0.name, shown($0.accuracy), points($0.difference), FigureFormat.percent($0.unchangedAnswers)]
            })
        if let shifted = report.stress?.shifted {
            text += .table(
                ["Texts of another kind", "Texts", "Right", "Macro-F1"],
                [
                    [
                        shifted.source, FigureFormat.count(shifted.rows), shown(shifted.accuracy),
                        FigureFormat.percent(shifted.macroF1),
                    ]
                ])
            text += .paragraph(shifted.drift.sentence)
        }
        text += .table(
            ["Seed", "Accuracy", "Macro-F1"],
            (report.seeds?.runs ?? []).map {
                ["\($0.name), \($0.seed)", FigureFormat.percent($0.accuracy), FigureFormat.percent($0.macroF1)]
            })
        return text
    }

    var cost: Prose {
        guard let cost = report.cost else { return .none }
        let amount = { (price: Double?) in
            price.map { FigureFormat.money($0, currency: cost.currency) } ?? FigureFormat.missing
        }
        guard let serving = cost.serving else {
            return .table(
                ["1,000 queries", "Cost"],
                [["teacher", amount(cost.teacherPerThousand)], ["student", amount(cost.studentPerThousand)]])
        }
        return .table(
            ["Who answers", "Right", "Mean time of a query", "1,000 queries", "Has paid after"],
            serving.map { figures in
                let even = cost.breakEven?.first { $0.system == figures.name }
                return [
                    Server(rawValue: figures.name)?.title ?? figures.name,
                    figures.accuracy.map { FigureFormat.percent($0) } ?? FigureFormat.missing,
                    figures.latencyMicroseconds.map { FigureFormat.microseconds($0) } ?? FigureFormat.missing,
                    amount(figures.costPerThousand),
                    even.map { $0.queries.map { "\(FigureFormat.queries($0)) queries" } ?? "never" }
                        ?? FigureFormat.missing,
                ]
            })
    }

    private func points(_ estimate: Estimate) -> String {
        FigureFormat.points(estimate.value) + (FigureFormat.pointRange(estimate).map { " (\($0))" } ?? "")
    }
}
