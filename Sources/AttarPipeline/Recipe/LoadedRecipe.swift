import Foundation

/// A recipe with the text it came from and the value of each of its keys.
package struct LoadedRecipe: Sendable {
    package let recipe: Recipe
    /// The recipe's own name, or that of its file.
    package let name: String
    /// The path as the user gave it.
    package let path: String
    package let text: String
    package let overrides: [String]
    /// All keys with their values after defaults and overrides.
    package let values: JSONValue

    /// Reads, decodes and checks a recipe.
    ///
    /// Throws `RecipeError`: what cannot be read, is not YAML, or breaks a rule; all broken rules at once.
    package init(
        path: String, overrides: [String] = [],
        workingFolder: URL = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory),
        environment: [String: String] = ProcessInfo.processInfo.environment, filesMustExist: Bool = true
    ) throws(RecipeError) {
        let url = URL(filePath: path, relativeTo: workingFolder).standardizedFileURL
        let surroundings = RecipeSurroundings(
            recipe: url, workingFolder: workingFolder, environment: environment, filesMustExist: filesMustExist)
        let text = try RecipeText.read(url, named: path)
        try self.init(text: text, path: path, overrides: overrides, surroundings: surroundings)
    }

    /// Decodes and checks the text of a recipe that stands at `path`.
    package init(
        text: String, path: String, overrides: [String] = [], surroundings: RecipeSurroundings
    ) throws(RecipeError) {
        var root = try RecipeText.parse(text, named: path)
        for argument in overrides { root = try RecipeOverride(argument).apply(to: root) }
        guard case .mapping(let entries) = root.content else {
            throw .syntax(place: root.place, reason: "expected keys such as `attar: 1`; found \(root.found)")
        }
        let context = DecodingContext(surroundings: surroundings)
        var reader = KeyReader(entries: entries, path: "", place: root.place, context: context)
        recipe = Recipe(&reader)
        reader.finish()
        guard reader.context.issues.isEmpty else { throw .invalid(reader.context.issues) }
        let fileName = URL(filePath: path).deletingPathExtension().lastPathComponent
        name = recipe.name ?? fileName
        self.path = path
        self.text = text
        self.overrides = overrides
        values = .object(reader.values)
    }

    /// The values of some keys (dotted paths of sections or single keys) in a form that can be hashed.
    package func values(of paths: [String]) -> JSONValue {
        .object(paths.map { JSONValue.Member($0, values.value(at: $0) ?? .null) })
    }

    /// SHA-256 of all values: equal for recipes that mean the same, whatever their comments.
    package var hash: String { textHash(of: values.canonical) }

    /// The JSON Schema (draft 2020-12) of recipes, printed from the declarations that decode them.
    package static var schema: JSONValue {
        let head: JSONValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Attar recipe",
            "description": "What to distil, from what, and how. Files are named relative to the recipe.",
        ]
        guard case .object(let members) = KeyReader.schema(of: Recipe.self) else { return head }
        return members.reduce(head) { $0.adding($1.key, $1.value) }
    }
}
