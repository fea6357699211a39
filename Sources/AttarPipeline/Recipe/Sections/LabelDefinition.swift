/// A label of the classifier, with what a teacher should know about it.
package struct LabelDefinition: RecipeSection, Equatable {
    package let name: String
    package let description: String
    package let spellings: [String]?

    package init(_ keys: inout KeyReader) {
        name = keys.required("name", .text(), "The label as it stands in the data and in predictions.")
        description = keys.value(
            "description", .anyText, default: "", "What the label means, in a few words: teachers are told.")
        spellings = keys.addition(
            "spellings", .list(of: .text(), count: 1...100),
            "Other words that a teacher may name it by, such as Technology for Sci/Tech: they are read as this label.")
    }

    package init(name: String, description: String = "") {
        self.name = name
        self.description = description
        spellings = nil
    }

    package static func shorthand(_ word: String) -> LabelDefinition? {
        word.contains { !$0.isWhitespace } ? LabelDefinition(name: word) : nil
    }
}
