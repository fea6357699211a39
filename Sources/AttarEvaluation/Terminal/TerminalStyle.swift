/// How text is set in a terminal.
package struct TerminalStyle: Sendable {
    /// Columns there are.
    package var width: Int
    /// Whether characters beyond ASCII may be written.
    package var isUnicode: Bool

    package init(width: Int = 100, isUnicode: Bool = true) {
        self.width = max(20, width)
        self.isUnicode = isUnicode
    }

    /// Text as this terminal may show it: without control characters, which could rewrite the screen, on one line.
    package func shown(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnicode, scalar.properties.generalCategory != .control, scalar.properties.generalCategory != .format {
                result.unicodeScalars.append(scalar == "\u{A0}" ? " " : scalar)
            } else if !isUnicode, scalar.isASCII, scalar.value >= 32, scalar.value < 127 {
                result.unicodeScalars.append(scalar)
            } else {
                result += isUnicode ? "\u{FFFD}" : Self.plain[scalar] ?? "?"
            }
        }
        return result
    }

    private static let plain: [Unicode.Scalar: String] = [
        "\u{A0}": " ", "–": "-", "−": "-", "’": "'", "“": "\"", "”": "\"", "µ": "u", "×": "x", "±": "+-", "…": "...",
        "·": "*", "─": "-", "▸": ">",
    ]

    /// Lines of at most the terminal's width, broken between words; a word that is longer stays whole.
    func wrapped(_ text: String, indent: String = "") -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ").map(String.init) {
            let joined = line.isEmpty ? word : "\(line) \(word)"
            if !line.isEmpty, Self.columns(indent) + Self.columns(shown(joined)) > width {
                lines.append(line)
                line = word
            } else {
                line = joined
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines.map { indent + shown($0) }
    }

    /// Columns that a text takes: two for each wide character of East Asian scripts and most emoji, none for marks.
    static func columns(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            guard let scalar = character.unicodeScalars.first else { return sum }
            return sum + columns(scalar)
        }
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            2
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: 0
            default: 1
            }
        }
    }
}
