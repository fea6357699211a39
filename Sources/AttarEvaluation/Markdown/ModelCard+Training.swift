// What the model was made from, and how.
extension ModelCard {
    var trainingData: Prose {
        guard let data = report.data else { return .none }
        var rows = data.sources.map { [$0.name, FigureFormat.count($0.rows)] }
        rows += data.dropped.filter { $0.rows > 0 }.map { ["dropped: \($0.name)", FigureFormat.count($0.rows)] }
        rows.append(["kept", FigureFormat.count(data.kept)])
        rows += data.splits.map { ["of these: \($0.name)", FigureFormat.count($0.rows)] }
        var text: Prose = .table(["Rows", "Number"], rows)
        text += .table(
            ["Variety of generated texts", "Value", "Meaning"],
            (data.diversity ?? []).map { [$0.name, FigureFormat.significant($0.value), $0.meaning] })
        return text
    }

    var trainingProcedure: Prose {
        var text = Prose.none
        let seeds = report.provenance.seeds.map { "\($0.name) \($0.value)" }
        if !seeds.isEmpty { text += .paragraph("Seeds: \(seeds.joined(separator: ", ")).") }
        if let curve = report.learningCurve {
            text += .table(
                ["Rows trained on", "Accuracy on \(curve.part) data"],
                curve.points.map { [FigureFormat.count($0.rows), shown($0.accuracy)] })
        }
        if let rounds = report.rounds, let last = rounds.points.last {
            var sentence = "Labels were asked for in rounds: \(FigureFormat.count(last.asked)) texts in "
            sentence += rounds.points.count == 1 ? "one" : "\(FigureFormat.count(rounds.points.count))"
            if let first = rounds.points.first?.accuracy, let accuracy = last.accuracy, rounds.points.count > 1 {
                sentence +=
                    ", in which a quick student went from \(shown(first)) to \(shown(accuracy)) on \(rounds.judgedBy)"
            }
            text += .paragraph("\(sentence). They ended there: \(rounds.end).")
        }
        text += .table(
            ["Storage format", "Size", "Mean squared error", "Validation accuracy"],
            report.quantization.map { format in
                [
                    format.format + (format.isChosen ? " (in the model file)" : ""), FigureFormat.bytes(format.bytes),
                    format.meanSquaredError.map { FigureFormat.scientific($0) } ?? FigureFormat.missing,
                    format.validationAccuracy.map { FigureFormat.percent($0) } ?? FigureFormat.missing,
                ]
            })
        if let spending = report.spending {
            text += .table(
                ["Asked of \(spending.teacher)", "Requests", "Tokens read", "Tokens written"],
                spending.purposes.map {
                    [
                        $0.name, FigureFormat.count($0.requests), FigureFormat.count($0.inputTokens),
                        FigureFormat.count($0.outputTokens),
                    ]
                })
        }
        return text
    }

    /// "96.1 % (94.6–97.3)".
    func shown(_ share: Estimate?) -> String {
        guard let share else { return FigureFormat.missing }
        return FigureFormat.percent(share.value) + (FigureFormat.percentRange(share).map { " (\($0))" } ?? "")
    }
}
