/// Label probabilities that one teacher gave to every row of a dataset.
package struct TeacherLabels: Sendable {
    package var name: String
    /// How the probabilities came about, for example "label logprobs, prior-corrected".
    package var method: String
    /// Rows × labels, row-major; a row without an answer is all NaN.
    package var probabilities: [Float]

    package init(name: String, method: String, probabilities: [Float]) {
        self.name = name
        self.method = method
        self.probabilities = probabilities
    }
}

/// Texts with what is known about them: the material that a student learns from.
package struct TextDataset: Sendable {
    package var labels: [String]
    package var rows: [TextRow]
    package var teachers: [TeacherLabels]
    /// Notes on where the data came from: recipe, hashes, licence.
    package var attributes: [String: String]

    package init(
        labels: [String], rows: [TextRow], teachers: [TeacherLabels] = [], attributes: [String: String] = [:]
    ) {
        self.labels = labels
        self.rows = rows
        self.teachers = teachers
        self.attributes = attributes
    }

    /// The probabilities that `teacher` gave to `row`, one a label; nil without an answer.
    package func probabilities(teacher: Int, row: Int) -> ArraySlice<Float>? {
        let slice = teachers[teacher].probabilities[row * labels.count..<(row + 1) * labels.count]
        return slice.contains { $0.isNaN } ? nil : slice
    }
}
