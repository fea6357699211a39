/// What all queries so far have cost, by who answers them: the student's line starts at what it took to make it.
struct BreakEvenChart {
    private struct Line {
        let server: Server
        let fixed: Double
        let perQuery: Double
        let crossing: Double?

        func cost(_ queries: Double) -> Double { fixed + perQuery * queries }
    }

    private let lines: [Line]
    private let currency: String
    private let most: Double

    /// Nil without prices for the teacher and for the student or the cascade.
    init?(_ cost: CostFigures) {
        guard let breakEven = cost.breakEven, let fixed = breakEven.first,
            let teacher = cost.serving(.teacher)?.costPerThousand
        else { return nil }
        let others = [Server.student, .cascade].compactMap { server -> Line? in
            guard let price = cost.serving(server)?.costPerThousand else { return nil }
            return Line(
                server: server, fixed: fixed.labellingCost + fixed.trainingCost, perQuery: price / 1000,
                crossing: breakEven.first { $0.system == server.rawValue }?.queries)
        }
        guard !others.isEmpty else { return nil }
        lines = [Line(server: .teacher, fixed: 0, perQuery: teacher / 1000, crossing: nil)] + others
        currency = cost.currency
        let farthest = others.compactMap(\.crossing).filter { $0.isFinite && $0 > 0 }.max()
        most = (farthest ?? 500_000) * 2
    }

    var markup: Markup {
        "\(responsiveChart(label: "Cost by number of queries: \(summary).") { draw(isWide: $0) })\(legend)"
    }

    private var summary: String {
        let crossings = lines.dropFirst().map { line in
            line.crossing.map {
                "\(line.server.title) is cheaper than the teacher from \(FigureFormat.queries($0)) queries on"
            }
                ?? "\(line.server.title) is never cheaper than the teacher"
        }
        return crossings.joined(separator: "; ")
    }

    private var legend: Markup {
        var items = Markup.none
        for line in lines {
            let aside =
                line.crossing.map { ": pays from \(FigureFormat.queries($0)) queries on" }
                ?? (line.server == .teacher ? "" : ": never cheaper than the teacher")
            items += "<li><i class=\"\(line.server.colour)\"></i>\(line.server.title)\(aside)</li>"
        }
        return "<ul class=\"legend below\">\(items)</ul>"
    }

    private func draw(isWide: Bool) -> Markup {
        let (width, left, bottom) = isWide ? (800.0, 66.0, 240.0) : (330.0, 58.0, 220.0)
        let right = width - 16
        let xScale = ChartScale(0, most, from: left, to: right)
        let highest = lines.map { $0.cost(most) }.max() ?? 1
        let yScale = ChartScale(0, highest * 1.05, from: bottom, to: 30)
        var markup: Markup = """
            <svg class="chart" viewBox="0 0 \(width) \(bottom + 44)" aria-hidden="true">\(moneyGrid(yScale, left, right))\
            \(ticksBelow(xScale, y: bottom, ticks: isWide ? 6 : 3) { FigureFormat.queries($0) })\
            <text x="0" y="10">\(currency)</text>\
            <text x="\((left + right) / 2)" y="\(bottom + 38)" text-anchor="middle">queries answered</text>
            """
        for line in lines {
            let (start, end) = (yScale(line.cost(0)), yScale(line.cost(most)))
            markup += """
                <g class="\(line.server.colour)"><path class="line\(line.server == .teacher ? " dashed" : "")" \
                d="M\(left) \(start)L\(right) \(end)"/></g>
                """
        }
        for line in lines {
            guard let crossing = line.crossing, crossing.isFinite, crossing <= most else { continue }
            let (x, y) = (xScale(crossing), yScale(line.cost(crossing)))
            markup += """
                <g class="\(line.server.colour)"><line class="drop" x1="\(x)" x2="\(x)" y1="\(y)" y2="\(bottom)"/>\
                <circle class="mark" cx="\(x)" cy="\(y)" r="5"/></g>
                """
        }
        return "\(markup)</svg>"
    }

    private func moneyGrid(_ scale: ChartScale, _ left: Double, _ right: Double) -> Markup {
        var markup = Markup.none
        for value in scale.ticks(about: 4) {
            let y = scale(value)
            markup += """
                <line class="grid" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
                <text x="\(left - 8)" y="\(y + 4)" text-anchor="end">\(amount(value))</text>
                """
        }
        return markup
    }

    /// An amount on the axis, without the currency.
    private func amount(_ value: Double) -> String {
        value >= 1000 ? FigureFormat.count(Int(value.rounded())) : FigureFormat.significant(value, digits: 2)
    }
}
