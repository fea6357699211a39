import AttarData

/// Rules between the keys of the section.
extension SynthesisSection {
    func check(_ keys: inout KeyReader) {
        for attribute in attributes {
            // Values that differ in their writing alone are one to the teacher.
            checkValues(attribute.value, at: "attributes.\(attribute.name)", &keys) { $0.lowercased() }
        }
        if let openings {
            checkValues(openings, at: "openings", &keys) { $0 }
            checkPlaceholders(openings, &keys)
        }
        checkExamples(&keys)
        checkExclusions(&keys)
    }

    private func checkValues(
        _ values: AttributeValues, at path: String, _ keys: inout KeyReader, asCompared form: (String) -> String
    ) {
        for list in values.lists {
            var known: [String: Int] = [:]
            for (index, value) in list.values.enumerated() {
                let words = form(value).split(whereSeparator: \.isWhitespace).joined(separator: " ")
                guard let first = known[words] else {
                    known[words] = index
                    continue
                }
                keys.check(
                    false, at: "\(path)\(list.path)[\(index)]",
                    "“\(value)” is there already, as value \(first + 1) of the list; name each once")
            }
        }
    }

    private func checkPlaceholders(_ openings: AttributeValues, _ keys: inout KeyReader) {
        let known = attributes.map(\.name)
        for list in openings.lists {
            for (index, opening) in list.values.enumerated() {
                for match in opening.matches(of: /\{([\p{L}\p{N}_\- ]+)\}/) where !known.contains(String(match.1)) {
                    let nearest = nearestName(to: match.1.lowercased(), among: known)
                    keys.check(
                        false, at: "openings\(list.path)[\(index)]",
                        "“\(match.0)” is not one of synthesis.attributes (\(listed(known)))"
                            + (nearest.map { "; did you mean `{\($0)}`?" } ?? ""))
                }
            }
        }
    }

    private func listed(_ names: [String]) -> String {
        if names.isEmpty { return "there are none" }
        return names.count > 8
            ? "\(names.prefix(8).joined(separator: ", ")), …" : names.joined(separator: ", ")
    }

    private func checkExclusions(_ keys: inout KeyReader) {
        let known = attributes.map(\.name)
        var seen: [[String: String]] = []
        for (index, excluded) in excluded.enumerated() {
            let path = "exclude[\(index)]"
            keys.check(
                excluded.count > 1, at: path,
                "needs two attributes or more: a value that is never wanted is taken out of its list")
            let values = Dictionary(excluded.map { ($0.name, $0.value) }) { first, _ in first }
            if let first = seen.firstIndex(of: values) {
                keys.check(false, at: path, "says the same as synthesis.exclude[\(first)]")
            }
            seen.append(values)
            var areKnown = true
            for (name, value) in excluded.map({ ($0.name, $0.value) }) {
                guard let attribute = attributes.first(where: { $0.name == name }) else {
                    areKnown = false
                    keys.check(
                        false, at: "\(path).\(name)", "not one of synthesis.attributes\(hint(name, known))")
                    continue
                }
                let values = attribute.value.lists.flatMap(\.values)
                guard !values.contains(value) else { continue }
                areKnown = false
                keys.check(
                    false, at: "\(path).\(name)",
                    "“\(value)” is not one of the values of `\(name)`\(hint(value, values))")
            }
            keys.check(
                !areKnown || canApply(values), at: path,
                "excludes nothing: no label has all of these values")
        }
    }

    /// Whether there is a label that all of the values can be drawn for.
    private func canApply(_ excluded: [String: String]) -> Bool {
        let wanted = attributes.filter { excluded[$0.name] != nil }
        let labels = wanted.flatMap { $0.value.byLabel.map(\.name) }
        return wanted.allSatisfy { $0.value.byLabel.isEmpty }
            || labels.contains { label in
                wanted.allSatisfy { attribute in
                    let own = attribute.value.byLabel.first { $0.name == label }?.value ?? attribute.value.shared
                    return own.contains { $0 == excluded[attribute.name] }
                }
            }
    }

    private func hint(_ name: String, _ known: [String]) -> String {
        nearestName(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
    }

    private func checkExamples(_ keys: inout KeyReader) {
        let known = attributes.map(\.name)
        for (index, example) in examples.enumerated() {
            for attribute in example.attributes where !known.contains(attribute.name) {
                keys.check(
                    false, at: "examples[\(index)].attributes.\(attribute.name)",
                    "not one of synthesis.attributes\(hint(attribute.name, known))")
            }
        }
    }
}
