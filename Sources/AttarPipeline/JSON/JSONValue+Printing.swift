extension JSONValue {
    /// One line, no spaces, keys sorted by their UTF-8 bytes: equal values have equal bytes, so it can be hashed.
    package var canonical: String {
        var output = ""
        write(to: &output, layout: .canonical)
        return output
    }

    /// One line, no spaces, keys in their own order.
    package var compact: String {
        var output = ""
        write(to: &output, layout: .compact)
        return output
    }

    /// Indented by two spaces, keys in their own order.
    package var pretty: String {
        var output = ""
        write(to: &output, layout: .pretty(depth: 0))
        return output
    }

    private enum Layout {
        case canonical, compact
        case pretty(depth: Int)

        var inner: Layout {
            if case .pretty(let depth) = self { return .pretty(depth: depth + 1) }
            return self
        }

        var lineBreak: String {
            if case .pretty(let depth) = self { return "\n" + String(repeating: "  ", count: depth) }
            return ""
        }
    }

    private func write(to output: inout String, layout: Layout) {
        switch self {
        case .null: output += "null"
        case .boolean(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .number(let value): output += JSONValue.printed(value)
        case .text(let value): JSONValue.write(quoted: value, to: &output)
        case .list(let values):
            JSONValue.write(values, between: "[", "]", to: &output, layout: layout) { value, output in
                value.write(to: &output, layout: layout.inner)
            }
        case .object(var members):
            var colon = ":"
            if case .canonical = layout { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            if case .pretty = layout { colon = ": " }
            JSONValue.write(members, between: "{", "}", to: &output, layout: layout) { member, output in
                JSONValue.write(quoted: member.key, to: &output)
                output += colon
                member.value.write(to: &output, layout: layout.inner)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], between open: String, _ close: String, to output: inout String, layout: Layout,
        _ body: (Element, inout String) -> Void
    ) {
        output += open
        for (index, element) in elements.enumerated() {
            if index > 0 { output += "," }
            output += layout.inner.lineBreak
            body(element, &output)
        }
        if !elements.isEmpty { output += layout.lineBreak }
        output += close
    }

    /// JSON has no infinities and no NaN: they print as null. Whole numbers print without a fraction, so that 1 and 1.0 are equal.
    private static func printed(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if let whole = Int(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func write(quoted text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
