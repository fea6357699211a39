/// How often answers of a given confidence were right, against the diagonal where both are the same.
struct ReliabilityChart {
    let curves: [ReliabilityFigures]

    var markup: Markup {
        let label = curves.map {
            "\($0.system): confidence and accuracy differ by \(FigureFormat.decimal($0.calibrationError * 100, 1)) points"
        }
        return responsiveChart(label: "Reliability curve. \(label.joined(separator: "; ")).") { isWide in
            draw(width: isWide ? 416 : 330)
        }
    }

    private func draw(width: Double) -> Markup {
        let (left, top, right) = (42.0, 30.0, width - 12)
        let bottom = top + (right - left)
        let lowest = curves.flatMap(\.bins).map { min($0.confidence, $0.accuracy.value) }.min() ?? 0
        let start = max(0, min(0.9, (lowest * 10).rounded(.down) / 10))
        let xScale = ChartScale(start, 1, from: left, to: right)
        let yScale = ChartScale(start, 1, from: bottom, to: top)
        var markup: Markup = """
            <svg class="chart" viewBox="0 0 \(width) \(bottom + 44)" style="max-width:\(width)px" aria-hidden="true">\
            \(shareGrid(yScale, left: left, right: right))\
            \(ticksBelow(xScale, y: bottom, ticks: 5) { FigureFormat.decimal($0 * 100, 0) + "%" })\
            <text x="0" y="10">share right</text>\
            <text x="\((left + right) / 2)" y="\(bottom + 38)" text-anchor="middle">confidence of the answer</text>\
            <line class="guide" x1="\(left)" y1="\(bottom)" x2="\(right)" y2="\(top)"/>
            """
        // The first curve is the subject's: drawn last, on top.
        for (place, curve) in curves.enumerated().reversed() {
            let points = curve.bins.map { (xScale($0.confidence), yScale($0.accuracy.value)) }
            var path = Markup.none
            for (index, point) in points.enumerated() {
                path += "\(index == 0 ? "M" : "L")\(point.0) \(point.1)"
            }
            var marks = Markup.none
            for (bin, point) in zip(curve.bins, points) {
                if place == 0 { marks += whisker(x: point.0, bin.accuracy, yScale, cap: 0) }
                marks += mark(curve.role, x: point.0, y: point.1, radius: 4)
            }
            markup += "<g class=\"\(curve.role.colour)\"><path class=\"line\" d=\"\(path)\"/>\(marks)</g>"
        }
        return "\(markup)</svg>"
    }
}
