/// Markdown in the making: what is interpolated as a string is escaped, only prose stays as it is.
struct Prose: ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
    }

    static let none: Prose = ""

    /// A table with its head; columns of figures are set to the right. Nothing without rows.
    static func table(_ columns: [String], _ rows: [[String]]) -> Prose {
        guard !rows.isEmpty else { return .none }
        var lines = [line(columns), "|" + columns.indices.map { isText($0, rows) ? ":--|" : "--:|" }.joined()]
        lines += rows.map(line)
        return Prose(text: lines.joined(separator: "\n") + "\n\n")
    }

    private static func isText(_ column: Int, _ rows: [[String]]) -> Bool {
        column == 0 || rows.contains { $0[column].first?.isLetter == true }
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.map { escapedMarkdown($0) }.joined(separator: " | ") + " |"
    }

    static func list(_ items: [String]) -> Prose {
        guard !items.isEmpty else { return .none }
        return Prose(text: items.map { "- \(escapedMarkdown($0))" }.joined(separator: "\n") + "\n\n")
    }

    static func paragraph(_ text: String) -> Prose {
        Prose(text: escapedMarkdown(text) + "\n\n")
    }

    static func += (one: inout Prose, other: Prose) {
        one.text += other.text
    }

    private init(text: String) {
        self.text = text
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ string: String) { text += escapedMarkdown(string) }

        mutating func appendInterpolation(_ prose: Prose) { text += prose.text }
    }
}

/// Text that means itself in Markdown, in a line of its own, a list or a cell of a table: on one line, without HTML, links
/// or emphasis. Control characters and direction overrides become the replacement character.
func escapedMarkdown(_ string: String) -> String {
    var result = ""
    var isStart = true
    var isAfterSpace = true
    let scalars = Array(string.unicodeScalars)
    for (place, scalar) in scalars.enumerated() {
        if scalar.properties.isWhitespace, scalar != "\u{A0}" {
            if !isAfterSpace { result += " " }
            isAfterSpace = true
            continue
        }
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "#": result += "\\\(scalar)"
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
            result += "\u{FFFD}"
        // Bare addresses would become links.
        case ":" where scalars[(place + 1)...].starts(with: "//".unicodeScalars): result += "\\:"
        case "." where result.lowercased().hasSuffix("www"): result += "\\."
        // A list or a rule.
        case "-", "+": result += isStart && isMark(scalar, scalars[place...]) ? "\\\(scalar)" : String(scalar)
        case ".", ")":
            let isNumbered = !result.isEmpty && result.allSatisfy(\.isNumber) && isMark(scalar, scalars[place...])
            result += isNumbered ? "\\\(scalar)" : String(scalar)
        default: result.unicodeScalars.append(scalar)
        }
        isStart = false
        isAfterSpace = false
    }
    if result.last == " " { result.removeLast() }
    return result
}

/// Whether a sign may open a list or a rule: followed by the end, a space or itself.
private func isMark(_ scalar: Unicode.Scalar, _ rest: ArraySlice<Unicode.Scalar>) -> Bool {
    rest.dropFirst().first.map { $0 == scalar || $0.properties.isWhitespace } ?? true
}
