/// HTML in the making: what is interpolated as a string is escaped, only markup stays as it is.
struct Markup: ExpressibleByStringInterpolation, Sendable {
    private(set) var text: String

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
    }

    /// Text that is markup already. For constants of this module only.
    init(trusted text: String) {
        self.text = text
    }

    static let none: Markup = ""

    static func += (one: inout Markup, other: Markup) {
        one.text += other.text
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ string: String) {
            text += escaped(string)
        }

        mutating func appendInterpolation(_ markup: Markup) {
            text += markup.text
        }

        mutating func appendInterpolation(_ markup: [Markup]) {
            for part in markup { text += part.text }
        }

        mutating func appendInterpolation(_ number: Int) {
            text += String(number)
        }

        /// A coordinate or length, to a tenth; never "nan" or "inf", which no browser draws.
        mutating func appendInterpolation(_ number: Double) {
            guard number.isFinite, abs(number) < 1e12 else {
                text += "0"
                return
            }
            let tenths = Int((number * 10).rounded())
            let magnitude = tenths.magnitude
            text += (tenths < 0 ? "-" : "") + String(magnitude / 10)
            if magnitude % 10 != 0 { text += "." + String(magnitude % 10) }
        }
    }
}

/// Text that means itself in HTML, in elements and in quoted attributes. Control characters, which HTML has no way to
/// show, become the replacement character.
func escaped(_ string: String) -> String {
    var result = ""
    result.reserveCapacity(string.utf8.count)
    for scalar in string.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\n", "\t": result.unicodeScalars.append(scalar)
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
            // Direction overrides would let a label rearrange the text around it.
            result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
