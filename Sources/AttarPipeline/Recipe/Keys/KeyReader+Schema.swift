import Foundation

extension KeyReader {
    /// The JSON Schema of a section: what its initializer asks for when there is nothing to read.
    static func schema<Section: RecipeSection>(of type: Section.Type) -> JSONValue {
        var reader = empty()
        _ = Section(&reader)
        let properties = reader.declarations.map { JSONValue.Member($0.key, $0.schema) }
        let required = reader.declarations.filter(\.isRequired).map { JSONValue.text($0.key) }
        return [
            "type": "object", "properties": .object(properties), "required": .list(required),
            "additionalProperties": false,
        ]
    }

    static func listSchema<Section: RecipeSection>(of type: Section.Type, count: ClosedRange<Int>) -> JSONValue {
        var items = schema(of: type)
        if type.shorthand("word") != nil { items = ["anyOf": [["type": "string", "pattern": "\\S"], items]] }
        return [
            "type": "array", "items": items, "minItems": .integer(count.lowerBound),
            "maxItems": .integer(count.upperBound),
        ]
    }

    /// A section of placeholders and defaults, for a place where something else was written.
    static func unread<Section: RecipeSection>(_ type: Section.Type) -> Section {
        var reader = empty()
        return Section(&reader)
    }

    private static func empty() -> KeyReader {
        let folder = URL(filePath: "/")
        let surroundings = RecipeSurroundings(
            recipe: folder, workingFolder: folder, environment: [:], filesMustExist: false)
        return KeyReader(
            entries: [], path: "", place: .override(""), context: DecodingContext(surroundings: surroundings))
    }
}

extension JSONValue {
    /// A schema that takes `null` as well.
    var orNull: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(
            members.map { member in
                switch (member.key, member.value) {
                case ("type", .text(let type)): .init("type", [.text(type), "null"])
                case ("enum", .list(let words)): .init("enum", .list(words + [.null]))
                default: member
                }
            })
    }
}
