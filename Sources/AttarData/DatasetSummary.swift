/// The counts that describe a dataset at a glance.
package struct DatasetSummary: Equatable, Codable, Sendable {
    package struct Teacher: Equatable, Codable, Sendable {
        package var name: String
        package var method: String
        /// Rows with an answer.
        package var answeredRows: Int
        /// Rows by most probable label.
        package var rowsByLabel: [Int]
        /// Rows with gold label whose most probable label is the gold one, and rows where both are known.
        package var agreeingRows: Int
        package var comparedRows: Int

        package init(
            name: String, method: String, answeredRows: Int, rowsByLabel: [Int], agreeingRows: Int, comparedRows: Int
        ) {
            self.name = name
            self.method = method
            self.answeredRows = answeredRows
            self.rowsByLabel = rowsByLabel
            self.agreeingRows = agreeingRows
            self.comparedRows = comparedRows
        }
    }

    package var labels: [String]
    package var rows: Int
    package var rowsBySource: [String: Int]
    package var rowsBySplit: [String: Int]
    /// Rows by gold label, and rows without one; the same for the label asked for at generation.
    package var rowsByGold: [Int]
    package var rowsWithoutGold: Int
    package var rowsByIntended: [Int]
    package var rowsWithoutIntended: Int
    package var meanTextCharacters: Double
    package var longestTextCharacters: Int
    package var teachers: [Teacher]
    package var attributes: [String: String]

    package init(_ dataset: TextDataset) {
        labels = dataset.labels
        rows = dataset.rows.count
        rowsBySource = Dictionary(
            uniqueKeysWithValues: Source.allCases.map { source in
                (source.name, dataset.rows.count { $0.source == source })
            })
        rowsBySplit = Dictionary(
            uniqueKeysWithValues: Split.allCases.map { split in
                (split.name, dataset.rows.count { $0.split == split })
            })
        (rowsByGold, rowsWithoutGold) = Self.tally(dataset.rows.map(\.gold), labels: dataset.labels.count)
        (rowsByIntended, rowsWithoutIntended) = Self.tally(dataset.rows.map(\.intended), labels: dataset.labels.count)
        let lengths = dataset.rows.map { $0.text.unicodeScalars.count }
        meanTextCharacters = lengths.isEmpty ? 0 : Double(lengths.reduce(0, +)) / Double(lengths.count)
        longestTextCharacters = lengths.max() ?? 0
        teachers = dataset.teachers.indices.map { Self.summary(of: $0, in: dataset) }
        attributes = dataset.attributes
    }

    private static func tally(_ indices: [Int?], labels: Int) -> (byLabel: [Int], without: Int) {
        var byLabel = [Int](repeating: 0, count: labels)
        var without = 0
        for index in indices {
            if let index { byLabel[index] += 1 } else { without += 1 }
        }
        return (byLabel, without)
    }

    private static func summary(of teacher: Int, in dataset: TextDataset) -> Teacher {
        let best = dataset.rows.indices.map { row -> Int? in
            guard let probabilities = dataset.probabilities(teacher: teacher, row: row) else { return nil }
            let highest = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
            return highest.map { $0 - probabilities.startIndex }
        }
        let compared = zip(best, dataset.rows).filter { $0 != nil && $1.gold != nil }
        let (byLabel, without) = tally(best, labels: dataset.labels.count)
        return Teacher(
            name: dataset.teachers[teacher].name, method: dataset.teachers[teacher].method,
            answeredRows: dataset.rows.count - without, rowsByLabel: byLabel,
            agreeingRows: compared.count { $0 == $1.gold }, comparedRows: compared.count)
    }
}

extension DatasetSummary: CustomStringConvertible {
    /// Lines for a terminal.
    package var description: String {
        var lines = ["\(rows) rows, \(labels.count) labels"]
        lines.append(
            "source: " + Source.allCases.map { "\($0.name) \(rowsBySource[$0.name] ?? 0)" }.joined(separator: ", "))
        lines.append(
            "split: " + Split.allCases.map { "\($0.name) \(rowsBySplit[$0.name] ?? 0)" }.joined(separator: ", "))
        let mean = (meanTextCharacters * 10).rounded() / 10
        lines.append("text: \(mean) characters on average, \(longestTextCharacters) at most")
        lines.append("gold labels: " + counts(rowsByGold, without: rowsWithoutGold))
        if rowsWithoutIntended < rows {
            lines.append("labels asked for: " + counts(rowsByIntended, without: rowsWithoutIntended))
        }
        for teacher in teachers {
            lines.append(
                "teacher \(teacher.name) (\(teacher.method)): "
                    + counts(teacher.rowsByLabel, without: rows - teacher.answeredRows))
            if teacher.comparedRows > 0 {
                lines.append("  agrees with gold on \(teacher.agreeingRows) of \(teacher.comparedRows) rows")
            }
        }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { lines.append("\(name): \(value)") }
        return lines.joined(separator: "\n")
    }

    private func counts(_ byLabel: [Int], without: Int) -> String {
        var parts = zip(labels, byLabel).filter { $0.1 > 0 }.map { "\($0) \($1)" }
        if without > 0 { parts.append("none \(without)") }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
