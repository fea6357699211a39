/// A label of the classifier, with what a teacher should know about it.
package struct LabelDefinition: RecipeSection, Equatable {
    package let name: String
    package let description: String

    package init(_ keys: inout KeyReader) {
        name = keys.required("name", .text(), "The label as it stands in the data and in predictions.")
        description = keys.value(
            "description", .anyText, default: "", "What the label means, in a few words: teachers are told.")
    }

    package init(name: String, description: String = "") {
        self.name = name
        self.description = description
    }

    package static func shorthand(_ word: String) -> LabelDefinition? {
        word.contains { !$0.isWhitespace } ? LabelDefinition(name: word) : nil
    }
}
