/// A `--set key=value` argument: a dotted path and a value.
///
/// A value that opens with `[`, `{`, `"` or `'` is read as YAML; anything else is one word or one line of text, exactly as typed,
/// so that a prompt with a colon needs no quotes. `null` or an empty value takes a key away.
package struct RecipeOverride: Sendable {
    package let argument: String
    package let path: [String]
    package let value: RecipeNode

    /// Throws `RecipeError.override` where the argument has no key, no `=` or a value that is not YAML.
    package init(_ argument: String) throws(RecipeError) {
        self.argument = argument
        guard let equals = argument.firstIndex(of: "=") else {
            throw .override(argument: argument, reason: "expected key=value, for example train.epochs=5")
        }
        path = argument[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else {
            throw .override(argument: argument, reason: "expected a dotted key before `=`, for example train.epochs=5")
        }
        let text = String(argument[argument.index(after: equals)...])
        let place = RecipePlace.override(argument)
        guard let first = text.first, "[{\"'".contains(first) else {
            value = RecipeNode(PlainScalar.content(of: text), at: place)
            return
        }
        do {
            value = try RecipeText.parse(text) { _, _ in place }
        } catch .syntax(_, let reason) {
            throw .override(argument: argument, reason: "not valid YAML: \(reason)")
        }
    }

    /// Puts the value in its place in the tree of a recipe. Unknown keys are found later, with those of the file.
    package func apply(to root: RecipeNode) throws(RecipeError) -> RecipeNode {
        try replacing(path[...], in: root)
    }

    private func replacing(_ rest: ArraySlice<String>, in node: RecipeNode) throws(RecipeError) -> RecipeNode {
        guard let key = rest.first else { return value }
        var entries: [RecipeNode.Entry]
        switch node.content {
        case .mapping(let existing): entries = existing
        case .nothing: entries = []
        default:
            let parent = path.dropLast(rest.count).joined(separator: ".")
            throw .override(
                argument: argument, reason: "`\(parent)` is \(node.found), not a mapping; set it as a whole")
        }
        let empty = RecipeNode(.mapping([]), at: .override(argument))
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].node = try replacing(rest.dropFirst(), in: entries[index].node)
        } else {
            let node = try replacing(rest.dropFirst(), in: empty)
            entries.append(RecipeNode.Entry(key: key, keyPlace: .override(argument), node: node))
        }
        return RecipeNode(.mapping(entries), at: node.place)
    }
}
