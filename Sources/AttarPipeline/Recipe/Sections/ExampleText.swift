/// A text with its label, shown to a teacher.
package struct ExampleText: RecipeSection, Equatable {
    package let text: String
    package let label: String

    package init(_ keys: inout KeyReader) {
        text = keys.required("text", .text(), "A text as users write it.")
        label = keys.required("label", .text(), "Its label, one of `labels`.")
    }
}
