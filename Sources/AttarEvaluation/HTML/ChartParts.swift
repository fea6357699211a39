// Pieces that all charts share.

extension SystemRole {
    /// The CSS class that colours the system.
    var colour: String {
        switch self {
        case .floatStudent, .quantizedStudent, .deployedFile: "student"
        case .teacher: "teacher"
        case .majority, .other: "other"
        }
    }
}

/// The same chart drawn for a desktop and for a phone, so that its text has the same size on both.
func responsiveChart(label: String, _ draw: (_ isWide: Bool) -> Markup) -> Markup {
    """
    <figure>\(chart(label: label, isWide: true, draw))\(chart(label: label, isWide: false, draw))</figure>
    """
}

private func chart(label: String, isWide: Bool, _ draw: (_ isWide: Bool) -> Markup) -> Markup {
    "<div class=\"\(isWide ? "wide-only" : "narrow-only")\" role=\"img\" aria-label=\"\(label)\">\(draw(isWide))</div>"
}

/// Horizontal lines and their values in percent.
func shareGrid(_ scale: ChartScale, left: Double, right: Double, ticks: Int = 5) -> Markup {
    let values = scale.ticks(about: ticks)
    let isFine = values.count > 1 && abs(values[1] - values[0]) < 0.00999
    var markup = Markup.none
    for value in values {
        let y = scale(value)
        markup += """
            <line class="grid" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
            <text x="\(left - 8)" y="\(y + 4)" text-anchor="end">\(FigureFormat.decimal(value * 100, isFine ? 1 : 0))%</text>
            """
    }
    return markup
}

/// Ticks below the horizontal axis.
func ticksBelow(_ scale: ChartScale, y: Double, ticks: Int, name: (Double) -> String) -> Markup {
    var markup: Markup = "<line class=\"axis\" x1=\"\(scale.start)\" x2=\"\(scale.end)\" y1=\"\(y)\" y2=\"\(y)\"/>"
    for value in scale.ticks(about: ticks) {
        let x = scale(value)
        markup += """
            <line class="axis" x1="\(x)" x2="\(x)" y1="\(y)" y2="\(y + 4)"/>\
            <text x="\(x)" y="\(y + 18)" text-anchor="middle">\(name(value))</text>
            """
    }
    return markup
}

/// A vertical interval.
func whisker(x: Double, _ estimate: Estimate, _ scale: ChartScale, cap: Double = 3) -> Markup {
    guard let lower = estimate.lower, let upper = estimate.upper else { return .none }
    let (top, bottom) = (scale(upper), scale(lower))
    return """
        <path class="whisker" d="M\(x - cap) \(top)h\(2 * cap)M\(x) \(top)V\(bottom)M\(x - cap) \(bottom)h\(2 * cap)"/>
        """
}

/// A mark whose form tells the kind of system apart, for those who cannot by colour.
func mark(_ role: SystemRole, x: Double, y: Double, radius: Double = 5.5) -> Markup {
    switch role {
    case .teacher:
        "<rect class=\"mark\" x=\"\(x - radius)\" y=\"\(y - radius)\" width=\"\(2 * radius)\" height=\"\(2 * radius)\" rx=\"1.5\"/>"
    case .majority, .other:
        "<path class=\"mark\" d=\"M\(x) \(y - radius - 1)L\(x + radius + 1) \(y)L\(x) \(y + radius + 1)L\(x - radius - 1) \(y)Z\"/>"
    case .floatStudent, .quantizedStudent, .deployedFile:
        "<circle class=\"mark\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\"/>"
    }
}
