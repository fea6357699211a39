/// Values of an attribute: the same for all labels, or a list for each label.
package struct AttributeValues: Sendable, Equatable {
    /// Empty where each label has its own.
    package let shared: [String]
    package let byLabel: [Named<[String]>]

    /// Every list, with what stands behind the attribute's name in the path of its key.
    var lists: [(path: String, values: [String])] {
        byLabel.isEmpty ? [("", shared)] : byLabel.map { (".\($0.name)", $0.value) }
    }
}

extension KeyType where Value == AttributeValues {
    /// A list, or a mapping from labels to lists.
    package static var attributeValues: KeyType { values(.text()) }

    /// The same, in which a value may be empty.
    package static var openings: KeyType { values(.anyText) }

    private static func values(_ value: KeyType<String>) -> KeyType {
        let list = KeyType<[String]>.list(of: value, count: 1...10_000)
        let expected = "a list of values, or a mapping from each label to its list"
        let schema: JSONValue = [
            "anyOf": [list.schema, ["type": "object", "minProperties": 1, "additionalProperties": list.schema]]
        ]
        return KeyType(
            expected: expected, schema: schema, placeholder: AttributeValues(shared: [], byLabel: [])
        ) { node, key, context in
            switch node.content {
            case .list: return list.decode(node, key, &context).map { AttributeValues(shared: $0, byLabel: []) }
            case .mapping(let entries) where !entries.isEmpty:
                let lists = entries.compactMap { entry in
                    list.decode(entry.node, "\(key).\(entry.key)", &context).map { Named(entry.key, $0) }
                }
                return lists.count == entries.count ? AttributeValues(shared: [], byLabel: lists) : nil
            default:
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }
        } encode: { values in
            guard values.byLabel.isEmpty else {
                return .object(values.byLabel.map { JSONValue.Member($0.name, list.encode($0.value)) })
            }
            return list.encode(values.shared)
        }
    }
}
