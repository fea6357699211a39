/// Accuracy against the time of one prediction; the area of a pale disc stands for the size.
struct TradeOffChart {
    private let timed: [SystemFigures]
    /// Systems without a measured time, but for earlier stages of the student: a line across.
    private let levels: [SystemFigures]
    private let belowChart: [SystemFigures]
    private let subject: String

    /// Nil when no system's time is known.
    init?(_ report: EvaluationReport) {
        // The subject comes first, so that others that lie on it yield.
        timed = report.systems.filter { $0.latency != nil && $0.answered > 0 }
            .sorted { $0.name == report.subject && $1.name != report.subject }
        guard !timed.isEmpty else { return nil }
        subject = report.subject
        let untimed = report.systems.filter { $0.latency == nil && $0.answered > 0 && !$0.role.isStudent }
        let lowest = timed.map { $0.accuracy.lower ?? $0.accuracy.value }.min() ?? 0
        // A baseline far below would press all differences together.
        let isFarBelow = { (system: SystemFigures) in system.role == .majority && system.accuracy.value < lowest - 0.3 }
        belowChart = untimed.filter(isFarBelow)
        levels = untimed.filter { !isFarBelow($0) }
    }

    var markup: Markup {
        let names = timed.map { system in
            let time = system.latency.map { FigureFormat.microseconds($0.p50Microseconds) } ?? ""
            return "\(system.name) \(FigureFormat.percent(system.accuracy.value)) in \(time)"
        }
        return responsiveChart(label: "Accuracy against time of one prediction: \(names.joined(separator: ", ")).") {
            draw(isWide: $0)
        }
    }

    var note: String? {
        guard !belowChart.isEmpty else { return nil }
        let names = belowChart.map { "\($0.name): \(FigureFormat.percent($0.accuracy.value))" }
        return names.joined(separator: "; ") + ", below the chart."
    }

    private struct Point {
        let system: SystemFigures
        let x: Double
        let y: Double
        /// Whether another system's mark is drawn at the same place already.
        let isCovered: Bool
        var labelY: Double
    }

    private func draw(isWide: Bool) -> Markup {
        let (width, height, left, bottom) = isWide ? (800.0, 370.0, 46.0, 320.0) : (330.0, 340.0, 40.0, 290.0)
        let right = width - 10
        let domain = (timed.map(\.accuracy) + levels.map { Estimate($0.accuracy.value) }).shareDomain()
        let yScale = ChartScale(domain.lower, domain.upper, from: bottom, to: 30)
        let times = timed.map(\.microseconds)
        // Systems of about the same speed stay together at the left, with room for their names.
        let (fastest, slowest) = (times.min() ?? 1, times.max() ?? 1)
        let xScale = ChartScale(
            fastest / 2.5, max(slowest * 2.5, fastest * 100), from: left, to: right, isLogarithmic: true)
        let largest = Double(timed.compactMap(\.sizeBytes).max() ?? 1)

        var markup: Markup = """
            <svg class="chart" viewBox="0 0 \(width) \(height)" aria-hidden="true">\
            \(shareGrid(yScale, left: left, right: right))\
            \(ticksBelow(xScale, y: bottom, ticks: isWide ? 7 : 4) { FigureFormat.roundMicroseconds($0) })\
            <text x="\((left + right) / 2)" y="\(bottom + 42)" text-anchor="middle">\
            time of one prediction (further left is faster)</text><text x="0" y="12">accuracy</text>
            """
        let points = placed(xScale, yScale, isWide: isWide)
        let names = points.filter { !isWide || $0.x > (left + right) / 2 }.map(\.labelY)
        markup += lines(yScale, left: left, right: right, besides: names, height: isWide ? 9 : 17)
        for point in points { markup += disc(point, largest: largest, isWide: isWide) }
        for point in points.reversed() {
            markup += draw(point, yScale, isLeft: point.x < (left + right) / 2, isWide: isWide)
        }
        return "\(markup)</svg>"
    }

    /// Lines across with their names, each above its line or where other names leave room.
    private func lines(
        _ yScale: ChartScale, left: Double, right: Double, besides names: [Double], height: Double
    ) -> Markup {
        var markup = Markup.none
        var taken = names.map { ($0 - height, $0 + height) }
        for level in levels {
            let y = yScale(level.accuracy.value)
            let places = [y - 5, y + 14, y - 19, y + 28]
            let place = places.first { place in !taken.contains { $0.0 < place + 3 && $0.1 > place - 11 } } ?? y - 5
            taken.append((place - 11, place + 3))
            markup += """
                <line class="guide" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
                <text x="\(right)" y="\(place)" text-anchor="end">\(level.name) \
                \(FigureFormat.percent(level.accuracy.value))</text>
                """
        }
        return markup
    }

    /// Points with coordinates, and labels moved apart: per half of a wide chart, across the whole of a narrow one.
    private func placed(_ xScale: ChartScale, _ yScale: ChartScale, isWide: Bool) -> [Point] {
        var points: [Point] = []
        for system in timed {
            let (x, y) = (xScale(system.microseconds), yScale(system.accuracy.value))
            let isCovered = points.contains { abs($0.x - x) < 8 && abs($0.y - y) < 8 }
            points.append(Point(system: system, x: x, y: y, isCovered: isCovered, labelY: y))
        }
        let spread = isWide ? 18.0 : 33.0
        let middle = (xScale.start + xScale.end) / 2
        let sides =
            isWide
            ? [points.indices.filter { points[$0].x < middle }, points.indices.filter { points[$0].x >= middle }]
            : [Array(points.indices)]
        for side in sides {
            let order = side.sorted { (points[$0].y, $0) < (points[$1].y, $1) }
            let isCrowded = zip(order, order.dropFirst()).contains { points[$1].y - points[$0].y < spread }
            guard isCrowded else { continue }
            let center = order.reduce(0) { $0 + points[$1].y } / Double(order.count)
            let height = spread * Double(order.count - 1)
            let top = max(yScale.end + 8, min(center - height / 2, yScale.start - height - 12))
            for (place, index) in order.enumerated() { points[index].labelY = top + spread * Double(place) }
        }
        return points
    }

    private func disc(_ point: Point, largest: Double, isWide: Bool) -> Markup {
        guard let bytes = point.system.sizeBytes, !point.isCovered else { return .none }
        let radius = 7 + (isWide ? 33 : 23) * (Double(bytes) / largest).squareRoot()
        return
            "<g class=\"\(point.system.role.colour)\"><circle class=\"halo\" cx=\"\(point.x)\" cy=\"\(point.y)\" r=\"\(radius)\"/></g>"
    }

    private func draw(_ point: Point, _ yScale: ChartScale, isLeft: Bool, isWide: Bool) -> Markup {
        let system = point.system
        let size = system.sizeBytes.map { FigureFormat.bytes($0) }
        let time = FigureFormat.microseconds(system.microseconds)
        let figures = [FigureFormat.percent(system.accuracy.value), size, time].compactMap { $0 }.joined(
            separator: " · ")
        let direction = isLeft ? 1.0 : -1.0
        let labelX = point.x + direction * (isWide ? 30 : 20)
        let anchor = isLeft ? "start" : "end"
        let label: Markup =
            isWide
            ? """
            <text x="\(labelX)" y="\(point.labelY + 4)" text-anchor="\(anchor)"><tspan class="name">\(system.name)</tspan>\
            <tspan dx="7">\(figures)</tspan></text>
            """
            : """
            <text x="\(labelX)" y="\(point.labelY - 2)" text-anchor="\(anchor)" class="name">\(system.name)</text>\
            <text x="\(labelX)" y="\(point.labelY + 12)" text-anchor="\(anchor)">\(figures)</text>
            """
        let shape: Markup =
            point.isCovered
            ? .none : "\(whisker(x: point.x, system.accuracy, yScale))\(mark(system.role, x: point.x, y: point.y))"
        return """
            <g class="\(system.role.colour)"><path class="leader" d="M\(point.x + direction * 8) \(point.y)\
            L\(labelX - direction * 4) \(point.labelY)"/>\(shape)\(label)</g>
            """
    }
}

extension SystemFigures {
    /// The median time of a prediction as a logarithmic axis can show it.
    fileprivate var microseconds: Double { max(latency?.p50Microseconds ?? 0, 0.001) }
}

extension FigureFormat {
    /// A round time as an axis writes it: "1 µs", "20 ms", "5 s".
    static func roundMicroseconds(_ value: Double) -> String {
        let scales: [(limit: Double, factor: Double, unit: String)] = [
            (0.999, 1000, "ns"), (999, 1, "µs"), (999_000, 0.001, "ms"), (.infinity, 1e-6, "s"),
        ]
        let scale = scales.first { value < $0.limit } ?? scales[3]
        let amount = value * scale.factor
        return "\(significant(amount, digits: amount >= 100 ? 3 : amount >= 10 ? 2 : 1))\(space)\(scale.unit)"
    }
}
