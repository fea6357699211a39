/// A model that turns each text of the dataset into a vector.
package struct EmbeddingsSection: RecipeSection {
    package let teacher: TeacherSection
    package let batch: Int

    package init(_ keys: inout KeyReader) {
        teacher = TeacherSection(&keys)
        batch = keys.value("batch", .integer(1...2048), default: 16, "Texts a call.")
    }
}
