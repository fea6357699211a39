import AttarData

extension KeyType where Value == Bool {
    package static var boolean: KeyType {
        KeyType(expected: "true or false", schema: ["type": "boolean"], placeholder: false) { content in
            guard case .boolean(let value) = content else { return nil }
            return value
        } encode: {
            .boolean($0)
        }
    }
}

extension KeyType where Value == Int {
    /// A whole number; `1e3` and `2.0` are whole too, as they are for JSON.
    package static func integer(_ range: ClosedRange<Int>) -> KeyType {
        let schema: JSONValue = [
            "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ]
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return KeyType(expected: expected, schema: schema, placeholder: range.lowerBound) { content in
            guard case .number(let digits) = content,
                let value = Int(digits) ?? Double(digits).flatMap({ Int(exactly: $0) }), range.contains(value)
            else { return nil }
            return value
        } encode: {
            .integer($0)
        }
    }

    /// The one version of a format that this program reads.
    package static func formatVersion(_ version: Int) -> KeyType {
        let expected = "\(version), the version that this attar reads"
        return KeyType(expected: expected, schema: ["const": .integer(version)], placeholder: version) { content in
            guard case .number(let digits) = content, Int(digits) == version else { return nil }
            return version
        } encode: {
            .integer($0)
        }
    }
}

extension KeyType where Value == Double {
    package static func number(_ range: ClosedRange<Double>) -> KeyType {
        let schema: JSONValue = [
            "type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
        ]
        let expected = "a number from \(range.lowerBound.short) to \(range.upperBound.short)"
        return number(expected: expected, schema: schema) { range.contains($0) }
    }

    package static func number(above lower: Double, through upper: Double) -> KeyType {
        let schema: JSONValue = ["type": "number", "exclusiveMinimum": .number(lower), "maximum": .number(upper)]
        let expected = "a number above \(lower.short) and at most \(upper.short)"
        return number(expected: expected, schema: schema) { $0 > lower && $0 <= upper }
    }

    package static func number(_ range: Range<Double>) -> KeyType {
        let schema: JSONValue = [
            "type": "number", "minimum": .number(range.lowerBound), "exclusiveMaximum": .number(range.upperBound),
        ]
        let expected = "a number from \(range.lowerBound.short) to below \(range.upperBound.short)"
        return number(expected: expected, schema: schema) { range.contains($0) }
    }

    private static func number(
        expected: String, schema: JSONValue, isAllowed: @escaping (Double) -> Bool
    ) -> KeyType {
        KeyType(expected: expected, schema: schema, placeholder: 0) { content in
            guard case .number(let digits) = content, let value = Double(digits), isAllowed(value) else { return nil }
            return value
        } encode: {
            .number($0)
        }
    }
}

extension Double {
    /// Without a fraction where there is none: "1" and "0.5".
    fileprivate var short: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}

extension KeyType where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One word of a closed list.
    package static func choice(_ type: Value.Type = Value.self) -> KeyType {
        let words = Value.allCases.map(\.rawValue)
        let expected = words.count == 1 ? "`\(words[0])`" : "one of \(words.joined(separator: ", "))"
        guard let placeholder = Value.allCases.first else { preconditionFailure("a choice needs a case") }
        return KeyType(
            expected: expected, schema: ["enum": .list(words.map { .text($0) })], placeholder: placeholder
        ) { node, key, context in
            if case .text(let word) = node.content {
                if let value = Value(rawValue: word) { return value }
                let hint = nearestName(to: word, among: words).map { "; did you mean `\($0)`?" } ?? ""
                context.report(
                    .wrongValue(expected: expected, found: node.found + hint), at: key, place: node.place)
            } else {
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
            }
            return nil
        } encode: {
            .text($0.rawValue)
        }
    }
}
