import AttarData
import AttarTeacher

extension LabelStage {
    /// Puts the rows to every teacher. Where generated texts are kept only with the label that they were written for, and the
    /// teachers give it to none of a label's first texts, its others are not asked about.
    ///
    /// - Returns: the rows that were left out.
    mutating func askWhileOfUse(
        about rows: [Int], _ dataset: TextDataset, _ similar: SimilarExamples?
    ) async throws -> [Int] {
        var counts = [Int](repeating: 0, count: dataset.labels.count)
        let later = rows.filter { row in
            guard recipe.synthesis?.keep == .agreeing, let label = written(row, dataset) else { return false }
            counts[label] += 1
            return counts[label] > GenerationTask.patience
        }
        let isLater = Set(later)
        let first = rows.filter { !isLater.contains($0) }
        try await ask(about: first, dataset, similar)
        guard !later.isEmpty else { return [] }
        let labels = labels(of: first, dataset)
        let agreeing = Set(
            zip(first, labels).compactMap { row, label in label == written(row, dataset) ? label : nil })
        func isOfUse(_ row: Int) -> Bool { written(row, dataset).map(agreeing.contains) ?? true }
        let wanted = later.filter(isOfUse)
        if !wanted.isEmpty { try await ask(about: wanted, dataset, similar) }
        let left = later.filter { !isOfUse($0) }
        tell(leftOut: left, dataset)
        return left
    }

    /// The label that a generated row was written for.
    private func written(_ row: Int, _ dataset: TextDataset) -> Int? {
        dataset.rows[row].source == .generated ? dataset.rows[row].intended : nil
    }

    private mutating func tell(leftOut rows: [Int], _ dataset: TextDataset) {
        guard !rows.isEmpty else { return }
        report.count(
            "generated texts not asked about", rows.count,
            because: "none before them was given the label that was asked for")
        for (label, name) in dataset.labels.enumerated() {
            let count = rows.count { dataset.rows[$0].intended == label }
            guard count > 0 else { continue }
            report.note(
                "The teacher gave none of the first \(GenerationTask.patience) texts that it wrote as “\(name)” that label: "
                    + "\(count) more were not put to it.")
        }
    }
}
