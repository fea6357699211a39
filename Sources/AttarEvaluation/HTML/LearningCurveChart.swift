/// Accuracy of students trained on growing parts of the data.
struct LearningCurveChart {
    let curve: LearningCurveFigures
    /// The teacher's accuracy on the same rows, if it is known.
    let teacher: SystemFigures?

    var markup: Markup {
        let label = curve.points.map {
            "\(FigureFormat.count($0.rows)) rows \(FigureFormat.percent($0.accuracy.value))"
        }
        return responsiveChart(label: "Accuracy by number of training rows: \(label.joined(separator: ", ")).") {
            draw(isWide: $0)
        }
    }

    private func draw(isWide: Bool) -> Markup {
        let (width, left, bottom) = isWide ? (800.0, 46.0, 270.0) : (330.0, 40.0, 240.0)
        let right = width - 16
        let level = teacher.map { Estimate($0.accuracy.value) }
        let domain = (curve.points.map(\.accuracy) + [level].compactMap { $0 }).shareDomain()
        let yScale = ChartScale(domain.lower, domain.upper, from: bottom, to: 30)
        let rows = curve.points.map { Double(max(1, $0.rows)) }
        let xScale = ChartScale(
            (rows.min() ?? 1) / 1.25, (rows.max() ?? 1) * 1.25, from: left, to: right, isLogarithmic: true)
        var path = Markup.none
        var marks = Markup.none
        for (index, point) in curve.points.enumerated() {
            let (x, y) = (xScale(rows[index]), yScale(point.accuracy.value))
            path += "\(index == 0 ? "M" : "L")\(x) \(y)"
            marks += whisker(x: x, point.accuracy, yScale)
            marks += mark(.deployedFile, x: x, y: y, radius: 4.5)
            let isLast = index == curve.points.count - 1
            guard isWide || isLast || index == 0 else { continue }
            // Beside the line that leaves the point, or comes to it.
            let isRising = isLast || curve.points[index + 1].accuracy.value >= point.accuracy.value
            marks += """
                <text class="name" x="\(x + (isLast ? -9 : 9))" y="\(y + (isLast ? -9 : isRising ? 17 : -9))" \
                text-anchor="\(isLast ? "end" : "start")">\(FigureFormat.decimal(point.accuracy.value * 100, 1))</text>
                """
        }
        var guide = Markup.none
        if let teacher {
            let y = yScale(teacher.accuracy.value)
            guide = """
                <line class="guide" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
                <text class="on-teacher" x="\(left + 4)" y="\(y - 5)">\(teacher.name) \
                \(FigureFormat.percent(teacher.accuracy.value))</text>
                """
        }
        return """
            <svg class="chart" viewBox="0 0 \(width) \(bottom + 44)" aria-hidden="true">\
            \(shareGrid(yScale, left: left, right: right))\
            \(rowTicks(xScale, y: bottom, isWide: isWide))\
            <text x="0" y="10">accuracy</text>\
            <text x="\((left + right) / 2)" y="\(bottom + 38)" text-anchor="middle">rows trained on (each step doubles)</text>\
            \(guide)<g class="student"><path class="line" d="\(path)"/>\(marks)</g></svg>
            """
    }

    /// Ticks at the measured sizes, left out where they would touch.
    private func rowTicks(_ scale: ChartScale, y: Double, isWide: Bool) -> Markup {
        var markup: Markup = "<line class=\"axis\" x1=\"\(scale.start)\" x2=\"\(scale.end)\" y1=\"\(y)\" y2=\"\(y)\"/>"
        var free = Double.infinity
        for point in curve.points.reversed() {
            let x = scale(Double(max(1, point.rows)))
            markup += "<line class=\"axis\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(y)\" y2=\"\(y + 4)\"/>"
            guard free - x >= 44 else { continue }
            free = x
            markup += "<text x=\"\(x)\" y=\"\(y + 18)\" text-anchor=\"middle\">\(FigureFormat.count(point.rows))</text>"
        }
        return markup
    }
}
