/// A value as it stands in a recipe file or in a `--set` argument, with its place.
package struct RecipeNode: Sendable {
    package var content: Content
    package let place: RecipePlace

    package enum Content: Sendable {
        case nothing
        case boolean(Bool)
        /// The digits as written; whole numbers and fractions are told apart by the key that reads them.
        case number(String)
        case text(String)
        case list([RecipeNode])
        case mapping([Entry])
    }

    package struct Entry: Sendable {
        package let key: String
        package let keyPlace: RecipePlace
        package var node: RecipeNode
    }

    package init(_ content: Content, at place: RecipePlace) {
        self.content = content
        self.place = place
    }

    /// What an error message calls this value.
    package var found: String {
        switch content {
        case .nothing: "nothing"
        case .boolean(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let text) where text.count > 60: "the text \"\(text.prefix(57))…\""
        case .text(let text): "the text \"\(text)\""
        case .list(let items): items.isEmpty ? "an empty list" : "a list"
        case .mapping: "a mapping of keys"
        }
    }
}

/// Where a value was written.
package enum RecipePlace: Sendable, Hashable {
    /// Line and column count from 1.
    case file(String, line: Int, column: Int)
    case override(String)

    package var isOverride: Bool {
        if case .override = self { return true }
        return false
    }
}

extension RecipePlace: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let name, let line, let column): "\(name):\(line):\(column)"
        case .override(let argument): "--set \(argument)"
        }
    }
}
