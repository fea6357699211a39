/// Label probabilities that one teacher gave to every row of a dataset.
package struct TeacherLabels: Sendable {
    package var name: String
    /// How the probabilities came about, for example "label log-probabilities, prior-corrected".
    package var method: String
    /// Weight beside other teachers of a row.
    package var weight: Double
    /// Rows × labels, row-major; a row without an answer is all NaN.
    package var probabilities: [Float]
    /// Probability that the teacher gave to answers that are no label, one a row; empty where it was not kept.
    package var massOutside: [Float]
    /// Which of `rungs` each row's probabilities came from; empty where it was not kept.
    package var rung: [UInt8]

    /// The ways to get probabilities, by their numbers in `rung`.
    package static let rungs = ["none", "tokens", "scoring", "sampling", "hard"]

    package init(
        name: String, method: String, weight: Double = 1, probabilities: [Float], massOutside: [Float] = [],
        rung: [UInt8] = []
    ) {
        self.name = name
        self.method = method
        self.weight = weight
        self.probabilities = probabilities
        self.massOutside = massOutside
        self.rung = rung
    }
}

/// A vector for every row of a dataset, as a model gave it.
package struct TextEmbeddings: Sendable, Equatable {
    package var model: String
    package var dimension: Int
    /// Rows × dimension, row-major.
    package var values: [Float]

    package init(model: String, dimension: Int, values: [Float]) {
        self.model = model
        self.dimension = dimension
        self.values = values
    }
}

/// Texts with what is known about them: the material that a student learns from.
package struct TextDataset: Sendable {
    package var labels: [String]
    package var rows: [TextRow]
    package var teachers: [TeacherLabels]
    package var embeddings: [TextEmbeddings]
    /// Notes on where the data came from: recipe, hashes, licence.
    package var attributes: [String: String]

    package init(
        labels: [String], rows: [TextRow], teachers: [TeacherLabels] = [], embeddings: [TextEmbeddings] = [],
        attributes: [String: String] = [:]
    ) {
        self.labels = labels
        self.rows = rows
        self.teachers = teachers
        self.embeddings = embeddings
        self.attributes = attributes
    }

    /// The probabilities that `teacher` gave to `row`, one a label; nil without an answer.
    package func probabilities(teacher: Int, row: Int) -> ArraySlice<Float>? {
        let slice = teachers[teacher].probabilities[row * labels.count..<(row + 1) * labels.count]
        return slice.contains { $0.isNaN } ? nil : slice
    }

    /// The teachers' probabilities for `row`, averaged with their weights over those that answered; nil without an answer.
    package func teacherMean(of row: Int) -> [Float]? {
        let answers = teachers.indices.compactMap { teacher in
            teachers[teacher].weight > 0
                ? probabilities(teacher: teacher, row: row).map { (Float(teachers[teacher].weight), $0) } : nil
        }
        let total = answers.reduce(Float(0)) { $0 + $1.0 }
        guard total > 0 else { return nil }
        return labels.indices.map { index in
            answers.reduce(Float(0)) { $0 + $1.0 * $1.1[$1.1.startIndex + index] } / total
        }
    }

    /// Some of the rows, in this order, with everything that is known about them.
    package func selecting(_ selected: [Int]) -> TextDataset {
        func parts<Element>(_ values: [Element], width: Int) -> [Element] {
            values.isEmpty ? [] : selected.flatMap { values[$0 * width..<($0 + 1) * width] }
        }
        var dataset = self
        dataset.rows = selected.map { rows[$0] }
        for index in teachers.indices {
            dataset.teachers[index].probabilities = parts(teachers[index].probabilities, width: labels.count)
            dataset.teachers[index].massOutside = parts(teachers[index].massOutside, width: 1)
            dataset.teachers[index].rung = parts(teachers[index].rung, width: 1)
        }
        for index in embeddings.indices {
            dataset.embeddings[index].values = parts(embeddings[index].values, width: embeddings[index].dimension)
        }
        return dataset
    }
}
