/// How many of the student's answers are right when it answers only the share that it is surest of.
struct CoverageChart {
    /// Nil where no threshold was chosen.
    private let cascade: CascadeFigures?
    private let points: [CascadeFigures.Point]

    /// Nil when the curve has too few points to draw.
    init?(_ curve: [CascadeFigures.Point], chosen cascade: CascadeFigures?) {
        let sorted = curve.sorted { ($0.coverage, $1.threshold) < ($1.coverage, $0.threshold) }
        let step = max(1, (sorted.count + 119) / 120)
        points = sorted.indices.filter { $0 % step == 0 || $0 == sorted.count - 1 }.map { sorted[$0] }
        self.cascade = cascade
        guard points.count > 1 else { return nil }
    }

    var markup: Markup {
        responsiveChart(label: "Share right by share answered: \(summary)") { draw(isWide: $0) }
    }

    private var summary: String {
        let ends = points.everyTenth.map {
            "\(FigureFormat.percent($0.accuracy.value)) right when it answers \(FigureFormat.percent($0.coverage, decimals: 0))"
        }
        let chosen = chosen.map {
            " Chosen: it answers \(FigureFormat.percent($0.share)), \(FigureFormat.percent($0.right.value)) right."
        }
        return ends.joined(separator: ", ") + "." + (chosen ?? "")
    }

    private var chosen: (share: Double, right: Estimate)? {
        guard let cascade, cascade.answersAny, let right = cascade.answeredAccuracy else { return nil }
        return (cascade.coverage.value, right)
    }

    private func draw(isWide: Bool) -> Markup {
        let (width, left, bottom) = isWide ? (800.0, 46.0, 300.0) : (330.0, 42.0, 250.0)
        let right = width - 14
        let xScale = ChartScale(0, 1, from: left, to: right)
        // Intervals of the first few answers are wide and would press the rest together.
        let judged = points.map { $0.coverage < 0.1 ? Estimate($0.accuracy.value) : $0.accuracy }
        let domain = (judged + [chosen?.right, target.map { Estimate($0) }].compactMap { $0 }).shareDomain()
        let yScale = ChartScale(domain.lower, domain.upper, from: bottom, to: 30)
        return """
            <svg class="chart" viewBox="0 0 \(width) \(bottom + 44)" aria-hidden="true">\
            \(shareGrid(yScale, left: left, right: right))\
            \(ticksBelow(xScale, y: bottom, ticks: isWide ? 10 : 5) { FigureFormat.decimal($0 * 100, 0) + "%" })\
            <text x="0" y="10">share right</text>\
            <text x="\((left + right) / 2)" y="\(bottom + 38)" text-anchor="middle">share of texts that the student \
            answers</text>\(targetLine(xScale, yScale))<g class="student">\(curve(xScale, yScale))\
            \(chosenPoint(xScale, yScale, isWide: isWide))</g></svg>
            """
    }

    private func curve(_ xScale: ChartScale, _ yScale: ChartScale) -> Markup {
        var (line, upper, lower) = (Markup.none, Markup.none, Markup.none)
        for (index, point) in points.enumerated() {
            let x = xScale(point.coverage)
            line += "\(index == 0 ? "M" : "L")\(x) \(yScale(point.accuracy.value))"
            upper += "\(index == 0 ? "M" : "L")\(x) \(yScale(point.accuracy.upper ?? point.accuracy.value))"
        }
        for point in points.reversed() {
            lower += "L\(xScale(point.coverage)) \(yScale(point.accuracy.lower ?? point.accuracy.value))"
        }
        return "<path class=\"band\" d=\"\(upper)\(lower)Z\"/><path class=\"line\" d=\"\(line)\"/>"
    }

    /// The guaranteed share, where the guarantee is about what the chart shows.
    private var target: Double? { cascade.flatMap { $0.isAboutTeacher ? nil : $0.target } }

    private func targetLine(_ xScale: ChartScale, _ yScale: ChartScale) -> Markup {
        guard let target else { return .none }
        let y = yScale(target)
        let name = "\(cascade?.isGuaranteed == true ? "guaranteed" : "wanted"): \(FigureFormat.roundPercent(target))"
        return """
            <line class="guide" x1="\(xScale.start)" x2="\(xScale.end)" y1="\(y)" y2="\(y)"/>\
            <text x="\(xScale.start + 4)" y="\(y + 15)">\(name)</text>
            """
    }

    private func chosenPoint(_ xScale: ChartScale, _ yScale: ChartScale, isWide: Bool) -> Markup {
        guard let chosen else { return .none }
        let (x, y) = (xScale(chosen.share), yScale(chosen.right.value))
        let isRight = chosen.share > 0.5
        let name =
            "\(FigureFormat.percent(chosen.share, decimals: 0)) answered, "
            + "\(FigureFormat.percent(chosen.right.value)) right"
        return """
            <line class="drop" x1="\(x)" x2="\(x)" y1="\(y)" y2="\(yScale.start)"/>\(whisker(x: x, chosen.right, yScale))\
            \(mark(.deployedFile, x: x, y: y, radius: 6))\
            <text class="name" x="\(x + (isRight ? -10 : 10))" y="\(yScale.start - (isWide ? 26 : 24))" \
            text-anchor="\(isRight ? "end" : "start")">chosen</text>\
            <text x="\(x + (isRight ? -10 : 10))" y="\(yScale.start - 10)" \
            text-anchor="\(isRight ? "end" : "start")">\(name)</text>
            """
    }
}
