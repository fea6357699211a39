// How labels were asked for in rounds.
extension HTMLReport {
    var rounds: Section? {
        guard let rounds = report.rounds, let last = rounds.points.last else { return nil }
        return Section(
            id: "rounds", link: "Rounds", title: "What did each round of labels bring?",
            lede: """
                The teacher was asked in rounds; after each a quick student was trained on its labels so far. The student’s \
                accuracy is that on \(rounds.judgedBy), which nothing was trained on; the model itself is measured on held-out \
                data above.
                """,
            body: """
                \(RoundsChart(rounds)?.markup ?? .none)\
                <p class="note">Rounds ended after \(FigureFormat.count(last.asked)) texts\
                \(last.cost.map { ", for \(money($0))" } ?? ""): \(rounds.end). \
                Bars are 95% intervals.</p>\(roundsTable(rounds))
                """)
    }

    private func money(_ amount: Double) -> String {
        FigureFormat.money(amount, currency: report.spending?.currency ?? "")
    }

    private func roundsTable(_ rounds: RoundsFigures) -> Markup {
        let hasCost = rounds.points.contains { $0.cost != nil }
        let hasPrice = rounds.points.contains { $0.nextCost != nil }
        var rows = Markup.none
        for point in rounds.points {
            let cost = point.cost.map { money($0) } ?? FigureFormat.missing
            let gain = point.gain.map { gain in
                FigureFormat.points(gain.value)
                    + (gain.upper.map { " (\(FigureFormat.points(gain.lower ?? 0)) to \(FigureFormat.points($0)))" }
                        ?? "")
            }
            let price = point.nextCost.map { money($0) } ?? FigureFormat.missing
            rows += """
                <tr><th scope="row" class="number">\(FigureFormat.count(point.asked))</th>\
                \(hasCost ? "<td class=\"number\">\(cost)</td>" : Markup.none)\
                <td class="number">\(point.accuracy.map { withRange($0) } ?? "\(FigureFormat.missing)")</td>\
                <td class="number">\(gain ?? FigureFormat.missing)</td>\
                \(hasPrice ? "<td class=\"number\">\(price)</td>" : Markup.none)</tr>
                """
        }
        let columns =
            ["Texts asked about"] + (hasCost ? ["Cost so far"] : []) + ["Accuracy", "Next round expected, points"]
            + (hasPrice ? ["Next round’s price"] : [])
        return disclosed("The rounds in figures", plainTable("Rounds", columns, rows, isNumeric: true))
    }
}
