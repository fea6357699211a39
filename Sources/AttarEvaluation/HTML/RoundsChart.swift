/// Accuracy of quick students by the number of texts asked about.
struct RoundsChart {
    private let points: [(asked: Double, accuracy: Estimate)]

    /// Nil with fewer than two judged rounds.
    init?(_ rounds: RoundsFigures) {
        points = rounds.points.compactMap { point in point.accuracy.map { (Double(point.asked), $0) } }
        guard points.count > 1 else { return nil }
    }

    var markup: Markup {
        let label = points.map {
            "\(FigureFormat.count(Int($0.asked))) texts \(FigureFormat.percent($0.accuracy.value))"
        }
        return responsiveChart(label: "Accuracy by texts asked about: \(label.joined(separator: ", ")).") {
            draw(isWide: $0)
        }
    }

    private func draw(isWide: Bool) -> Markup {
        let (width, left, bottom) = isWide ? (800.0, 46.0, 270.0) : (330.0, 40.0, 240.0)
        let right = width - 16
        let domain = points.map(\.accuracy).shareDomain()
        let yScale = ChartScale(domain.lower, domain.upper, from: bottom, to: 30)
        let xScale = ChartScale(0, 1.05 * (points.map(\.asked).max() ?? 1), from: left, to: right)
        var path = Markup.none
        var marks = Markup.none
        for (index, point) in points.enumerated() {
            let (x, y) = (xScale(point.asked), yScale(point.accuracy.value))
            path += "\(index == 0 ? "M" : "L")\(x) \(y)"
            marks += whisker(x: x, point.accuracy, yScale)
            marks += mark(.deployedFile, x: x, y: y, radius: 4.5)
            let isLast = index == points.count - 1
            guard isLast || index == 0 else { continue }
            let value = FigureFormat.decimal(point.accuracy.value * 100, 1)
            marks += """
                <text class="name" x="\(x + (isLast ? -9 : 9))" y="\(y + (isLast ? -9 : 17))" \
                text-anchor="\(isLast ? "end" : "start")">\(isLast ? "ended, \(value)" : value)</text>
                """
        }
        return """
            <svg class="chart" viewBox="0 0 \(width) \(bottom + 44)" aria-hidden="true">\
            \(shareGrid(yScale, left: left, right: right))\
            \(ticksBelow(xScale, y: bottom, ticks: isWide ? 8 : 4) { FigureFormat.count(Int($0)) })\
            <text x="0" y="10">accuracy</text>\
            <text x="\((left + right) / 2)" y="\(bottom + 38)" text-anchor="middle">texts asked about</text>\
            <g class="student"><path class="line" d="\(path)"/>\(marks)</g></svg>
            """
    }
}
