import Foundation

/// A YAML file with some keys of a recipe, as `attar teacher tune` writes it: the same as a `--set` argument for each key.
package enum RecipeFragment {
    /// The fragment's keys as arguments of `--set`, in its order.
    ///
    /// Throws `RecipeError` where the file cannot be read or is no mapping.
    package static func overrides(
        path: String,
        workingFolder: URL = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    ) throws(RecipeError) -> [String] {
        let root = try RecipeText.parse(
            RecipeText.read(URL(filePath: path, relativeTo: workingFolder), named: path), named: path)
        guard case .mapping = root.content else {
            throw .syntax(place: root.place, reason: "expected keys such as `labelling:`; found \(root.found)")
        }
        return arguments(root, path: "")
    }

    private static func arguments(_ node: RecipeNode, path: String) -> [String] {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            return ["\(path)=\(json(node).compact)"]
        }
        return entries.flatMap { arguments($0.node, path: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }

    private static func json(_ node: RecipeNode) -> JSONValue {
        switch node.content {
        case .nothing: .null
        case .boolean(let value): .boolean(value)
        case .number(let digits): Int(digits).map { .integer($0) } ?? .number(Double(digits) ?? 0)
        case .text(let text): .text(text)
        case .list(let items): .list(items.map(json))
        case .mapping(let entries): .object(entries.map { JSONValue.Member($0.key, json($0.node)) })
        }
    }
}
