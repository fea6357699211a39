import Foundation

/// Figures as text. Numbers keep to their units by a no-break space; what is not finite becomes a dash.
package enum FigureFormat {
    static let missing = "–"
    static let space = "\u{A0}"

    /// A share as a percentage. 0 and 100 % are kept for what is exactly that.
    package static func percent(_ share: Double, decimals: Int = 1) -> String {
        guard share.isFinite else { return missing }
        let text = decimal(share * 100, decimals)
        if share > 0, text == decimal(0, decimals) {
            return "<\(decimal(pow(10, -Double(decimals)), decimals))\(space)%"
        }
        if share < 1, text == decimal(100, decimals) {
            return ">\(decimal(100 - pow(10, -Double(decimals)), decimals))\(space)%"
        }
        return "\(text)\(space)%"
    }

    /// The bounds of a share, without a unit: "79.1–83.2".
    package static func percentRange(_ estimate: Estimate, by separator: String = "–") -> String? {
        guard let lower = estimate.lower, let upper = estimate.upper, lower.isFinite, upper.isFinite else { return nil }
        return "\(decimal(lower * 100, 1))\(separator)\(decimal(upper * 100, 1))"
    }

    /// A difference of shares in percentage points, with its sign: "−3.3".
    package static func points(_ difference: Double) -> String {
        guard difference.isFinite else { return missing }
        let text = decimal(abs(difference) * 100, 1)
        if text == "0.0" { return text }
        return (difference < 0 ? "−" : "+") + text
    }

    /// The bounds of a difference in percentage points: "−5.0 to −1.6".
    package static func pointRange(_ estimate: Estimate) -> String? {
        guard let lower = estimate.lower, let upper = estimate.upper else { return nil }
        return "\(points(lower)) to \(points(upper))"
    }

    /// A size in decimal units, to three digits: "512 B", "48.2 kB", "1.31 MB".
    package static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        if abs(count) < 1000 { return "\(count)\(space)B" }
        var value = Double(count)
        var unit = 0
        while abs(value) >= 999.5, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        return "\(significant(value))\(space)\(units[unit])"
    }

    /// A time: "9.12 µs", "412 ms", "1.90 s".
    package static func microseconds(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return missing }
        if value < 0.9995 { return "\(significant(value * 1000, digits: digits))\(space)ns" }
        if value < 999.5 { return "\(significant(value, digits: digits))\(space)µs" }
        if value < 999_500 { return "\(significant(value / 1000, digits: digits))\(space)ms" }
        return "\(significant(value / 1e6, digits: digits))\(space)s"
    }

    /// A whole number in groups of three: "12,400".
    package static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        return (value < 0 ? "−" : "") + grouped
    }

    /// How many times one figure is another: "540×".
    package static func factor(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        return value >= 99.5
            ? "\(count(Int(Double(significant(value, digits: 2)) ?? value)))×" : "\(significant(value, digits: 2))×"
    }

    /// An amount of money, to three digits: "0.0123 USD". Less than a hundredth of a cent is not told apart.
    package static func money(_ amount: Double, currency: String) -> String {
        guard amount.isFinite else { return missing }
        if amount > 0, amount < 0.0001 { return "<0.0001\(space)\(currency)" }
        return "\(abs(amount) >= 100 ? count(Int(amount.rounded())) : significant(amount))\(space)\(currency)"
    }

    /// A number with a fixed number of decimals.
    package static func decimal(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return missing }
        let text = String(format: "%.\(decimals)f", abs(value))
        let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
        return (value < 0 && !isZero ? "−" : "") + text
    }

    /// A small number, to two digits: "3.1 · 10⁻⁶".
    package static func scientific(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        if value == 0 { return "0" }
        let parts = String(format: "%.1e", value).split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]), exponent < -3 || exponent > 5 else {
            return significant(value, digits: 2)
        }
        let raised: [Character: Character] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return "\(parts[0])\(space)·\(space)10\(String(String(exponent).map { raised[$0] ?? $0 }))"
    }

    /// A number to some significant digits, without an exponent where it is 1e-9 or more.
    package static func significant(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return missing }
        if value == 0 { return "0" }
        let rounded = Double(String(format: "%.\(digits - 1)e", value)) ?? value
        let magnitude = Int(floor(log10(abs(rounded))))
        if magnitude < -9 { return String(format: "%.\(digits - 1)e", value).replacing("-", with: "−") }
        return decimal(rounded, max(0, digits - 1 - magnitude))
    }
}
