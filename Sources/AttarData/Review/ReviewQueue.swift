/// Chooses the rows of a dataset that a person should look at.
package struct ReviewQueue: Sendable {
    package var suspicious = 50
    package var random = 50
    package var seed: UInt64 = 0
    /// Below this probability of its likeliest label a teacher counts as unsure.
    package var sureProbability: Float = 0.7
    package var nearCopySimilarity = 0.8

    package init() {}

    /// The most suspicious rows, the most suspicious first, then others drawn by chance; rows that are decided are left out.
    ///
    /// - Parameter student: probabilities that a student gave each row, one a label; empty without one. To mean anything they
    ///   should be of a student that was not trained on the row.
    package func items(
        of dataset: TextDataset, student: [[Float]] = [], decided: ReviewDecisions = ReviewDecisions()
    ) -> [ReviewItem] {
        let reasons = ReviewReasons(dataset, student: student, settings: self)
        let open = dataset.rows.indices.filter { decided[id: dataset.rows[$0].id] == nil }
        let ranked = open.map { row in item(row, reasons.of(row), in: dataset) }.filter { $0.suspicion > 0 }
            .sorted { ($0.suspicion, $1.row) > ($1.suspicion, $0.row) }
        let chosen = ranked.prefix(suspicious)
        let taken = Set(chosen.map(\.row))
        let drawn = open.filter { !taken.contains($0) }
            .map { (key: StableHash.hash(dataset.rows[$0].text, seed: seed &+ 5), row: $0) }.sorted { $0 < $1 }
            .prefix(random)
        return chosen + drawn.map { item($0.row, reasons.of($0.row) + [.random], in: dataset) }
    }

    private func item(_ row: Int, _ reasons: [ReviewItem.Reason], in dataset: TextDataset) -> ReviewItem {
        ReviewItem(
            row: row, id: dataset.rows[row].id, reasons: reasons, suspicion: reasons.reduce(0) { $0 + $1.weight })
    }
}

/// What speaks for a look at each row.
private struct ReviewReasons {
    let dataset: TextDataset
    let student: [[Float]]
    let settings: ReviewQueue
    let labels: [Int?]
    /// Rows that nearly copy each other, by the first of them, and the first one of each row.
    let copies: [Int: [Int]]
    let firstCopy: [Int]
    let outliers: [Int?]

    init(_ dataset: TextDataset, student: [[Float]], settings: ReviewQueue) {
        self.dataset = dataset
        self.student = student
        self.settings = settings
        let texts = dataset.rows.map(\.text)
        labels = dataset.rows.indices.map { dataset.label(of: $0) }
        firstCopy = nearDuplicateGroups(in: texts, threshold: settings.nearCopySimilarity)
        copies = Dictionary(grouping: dataset.rows.indices, by: { [firstCopy] row in firstCopy[row] })
            .filter { $0.value.count > 1 }
        outliers = labelOutliers(texts: texts, labels: labels, count: dataset.labels.count)
    }

    func of(_ row: Int) -> [ReviewItem.Reason] {
        var reasons: [ReviewItem.Reason] = []
        let label = labels[row]
        if let answer = dataset.teacherMean(of: row), let best = likeliest(answer) {
            if label != best {
                reasons.append(.teacherDisagrees(label: best, probability: answer[best]))
            } else if answer[best] < settings.sureProbability {
                reasons.append(.unsure(probability: answer[best]))
            }
        }
        if row < student.count, let label, let best = likeliest(student[row]), best != label {
            reasons.append(.studentDisagrees(label: best, probability: student[row][best]))
        }
        if let intended = dataset.rows[row].intended, let label, intended != label {
            reasons.append(.askedForOther(label: intended))
        }
        if let group = copies[firstCopy[row]] {
            reasons.append(.nearCopies(count: group.count, labels: Set(group.compactMap { labels[$0] }).sorted()))
        }
        if let other = outliers[row] { reasons.append(.outlier(label: other)) }
        return reasons
    }
}
