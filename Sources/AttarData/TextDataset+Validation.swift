extension TextDataset {
    /// How far the probabilities of a row may exceed a sum of 1: rounding only. Less than 1 is allowed, since a teacher
    /// may put mass outside the labels.
    private static var sumTolerance: Float { 1e-3 }

    /// Throws unless every label index and probability makes sense; `path` is for the message.
    package func validate(path: String) throws(DataError) {
        var known: Set<String> = []
        for (index, label) in labels.enumerated() {
            guard !label.isEmpty else {
                throw .invalidDataset(path: path, place: "label \(index)", expected: "a name", found: "an empty text")
            }
            guard known.insert(label).inserted else {
                throw .invalidDataset(
                    path: path, place: "label \(index)", expected: "names that differ", found: "“\(label)” twice")
            }
        }
        for (index, row) in rows.enumerated() {
            for (kind, label) in [("gold", row.gold), ("intended", row.intended)] {
                guard let label, !labels.indices.contains(label) else { continue }
                throw .invalidDataset(
                    path: path, place: "row \(index), \(kind) label", expected: "0..<\(labels.count) or none",
                    found: "\(label)")
            }
        }
        var names: Set<String> = []
        for teacher in teachers {
            guard names.insert(teacher.name).inserted else {
                throw .invalidDataset(
                    path: path, place: "teachers", expected: "names that differ", found: "“\(teacher.name)” twice")
            }
            try validate(teacher, path: path)
        }
        for embedding in embeddings {
            let expected = rows.count * embedding.dimension
            guard embedding.dimension > 0, embedding.values.count == expected else {
                throw .invalidDataset(
                    path: path, place: "embeddings of “\(embedding.model)”",
                    expected: "\(rows.count) rows × \(embedding.dimension) numbers = \(expected)",
                    found: "\(embedding.values.count)")
            }
        }
    }

    private func validate(_ teacher: TeacherLabels, path: String) throws(DataError) {
        let place = "teacher “\(teacher.name)”"
        let expectedCount = rows.count * labels.count
        guard teacher.probabilities.count == expectedCount else {
            throw .invalidDataset(
                path: path, place: place,
                expected: "\(rows.count) rows × \(labels.count) labels = \(expectedCount) "
                    + "probabilities", found: "\(teacher.probabilities.count)")
        }
        for (name, count) in [("outside", teacher.massOutside.count), ("rung", teacher.rung.count)] {
            guard count == 0 || count == rows.count else {
                throw .invalidDataset(
                    path: path, place: "\(place), \(name)", expected: "\(rows.count) rows, or none", found: "\(count)")
            }
        }
        guard teacher.weight >= 0, teacher.weight.isFinite else {
            throw .invalidDataset(
                path: path, place: "\(place), weight", expected: "0 or more", found: "\(teacher.weight)")
        }
        if let number = teacher.rung.first(where: { Int($0) >= TeacherLabels.rungs.count }) {
            throw .invalidDataset(
                path: path, place: "\(place), rung", expected: "0..<\(TeacherLabels.rungs.count)", found: "\(number)")
        }
        for row in rows.indices {
            let values = teacher.probabilities[row * labels.count..<(row + 1) * labels.count]
            if values.allSatisfy({ $0.isNaN }) { continue }
            guard values.allSatisfy({ $0 >= 0 && $0 <= 1 + Self.sumTolerance }),
                values.reduce(0, +) <= 1 + Self.sumTolerance
            else {
                throw .invalidDataset(
                    path: path, place: "\(place), row \(row)",
                    expected: "probabilities that sum to at most 1, or NaN for all", found: "\(Array(values))")
            }
        }
    }
}
