extension KeyType where Value == [Named<[Named<Double>]>] {
    /// A mapping from right labels to mappings from answers to costs.
    package static var costs: KeyType {
        let cost = KeyType<Double>.number(0...1_000_000_000)
        let expected = "a mapping from right labels to mappings from answers to costs"
        let inner: JSONValue = ["type": "object", "minProperties": 1, "additionalProperties": cost.schema]
        let schema: JSONValue = ["type": "object", "minProperties": 1, "additionalProperties": inner]
        return KeyType(expected: expected, schema: schema, placeholder: []) { node, key, context in
            guard case .mapping(let entries) = node.content, !entries.isEmpty else {
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }
            let rows = entries.compactMap { entry -> Named<[Named<Double>]>? in
                guard case .mapping(let answers) = entry.node.content, !answers.isEmpty else {
                    context.report(
                        .wrongValue(expected: "a mapping from answers to costs", found: entry.node.found),
                        at: "\(key).\(entry.key)", place: entry.node.place)
                    return nil
                }
                let costs = answers.compactMap { answer in
                    cost.decode(answer.node, "\(key).\(entry.key).\(answer.key)", &context).map {
                        Named(answer.key, $0)
                    }
                }
                return costs.count == answers.count ? Named(entry.key, costs) : nil
            }
            return rows.count == entries.count ? rows : nil
        } encode: { rows in
            .object(
                rows.map { row in
                    JSONValue.Member(
                        row.name, .object(row.value.map { JSONValue.Member($0.name, cost.encode($0.value)) }))
                })
        }
    }
}
