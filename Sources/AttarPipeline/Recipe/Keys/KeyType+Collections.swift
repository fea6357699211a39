extension KeyType where Value == ClosedRange<Int> {
    /// Two whole numbers `[lowest, highest]`.
    package static func span(within range: ClosedRange<Int>) -> KeyType {
        let end: JSONValue = [
            "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ]
        let schema: JSONValue = ["type": "array", "items": end, "minItems": 2, "maxItems": 2]
        let expected = "[lowest, highest], two whole numbers from \(range.lowerBound) to \(range.upperBound)"
        return KeyType(expected: expected, schema: schema, placeholder: range) { content in
            guard case .list(let items) = content, items.count == 2 else { return nil }
            let ends = items.compactMap { item in
                if case .number(let digits) = item.content { Int(digits) } else { nil }
            }
            guard ends.count == 2, ends[0] <= ends[1], ends.allSatisfy(range.contains) else { return nil }
            return ends[0]...ends[1]
        } encode: {
            [.integer($0.lowerBound), .integer($0.upperBound)]
        }
    }
}

extension KeyType {
    /// A list of values of one type.
    package static func list<Element>(
        of element: KeyType<Element>, count: ClosedRange<Int>
    ) -> KeyType<[Element]> where Value == [Element] {
        let schema: JSONValue = [
            "type": "array", "items": element.schema, "minItems": .integer(count.lowerBound),
            "maxItems": .integer(count.upperBound),
        ]
        let expected = "a list of \(count.lowerBound) to \(count.upperBound) values, each \(element.expected)"
        return KeyType(expected: expected, schema: schema, placeholder: []) { node, key, context in
            guard case .list(let items) = node.content, count.contains(items.count) else {
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }
            let values = items.enumerated().compactMap { index, item in
                context.remember(item.place, of: "\(key)[\(index)]")
                return element.decode(item, "\(key)[\(index)]", &context)
            }
            return values.count == items.count ? values : nil
        } encode: { values in
            .list(values.map(element.encode))
        }
    }

    /// A mapping from names that the user chooses to values of one type, in the order of the file.
    package static func named<Element>(
        _ element: KeyType<Element>
    ) -> KeyType<[Named<Element>]> where Value == [Named<Element>] {
        let schema: JSONValue = [
            "type": "object", "propertyNames": ["pattern": "^[a-z][a-z0-9-]*$"], "additionalProperties": element.schema,
        ]
        let expected = "a mapping from names to values, each \(element.expected)"
        let expectedName = "a name of small letters, digits and `-`, that starts with a letter"
        return KeyType(expected: expected, schema: schema, placeholder: []) { node, key, context in
            guard case .mapping(let entries) = node.content else {
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }
            let values = entries.compactMap { entry -> Named<Element>? in
                guard entry.key.wholeMatch(of: /[a-z][a-z0-9\-]*/) != nil else {
                    context.report(
                        .wrongValue(expected: expectedName, found: "`\(entry.key)`"), at: key, place: entry.keyPlace)
                    return nil
                }
                context.remember(entry.node.place, of: "\(key).\(entry.key)")
                return element.decode(entry.node, "\(key).\(entry.key)", &context).map { Named(entry.key, $0) }
            }
            return values.count == entries.count ? values : nil
        } encode: { values in
            .object(values.map { JSONValue.Member($0.name, element.encode($0.value)) })
        }
    }
}

/// A value under a name that the user chose.
package struct Named<Element> {
    package let name: String
    package let value: Element

    package init(_ name: String, _ value: Element) {
        self.name = name
        self.value = value
    }
}

extension Named: Sendable where Element: Sendable {}
extension Named: Equatable where Element: Equatable {}
