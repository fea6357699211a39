import Foundation

/// A row that was left out because the held-out fingerprint knows it.
package struct ContaminatedRow: Codable, Equatable, Sendable {
    package let id: String
    /// Its index among the rows that were looked at.
    package let row: Int
    package let source: String
    package let reason: Fingerprint.Match
}

/// A dataset that has nothing to do with held-out texts: the only form in which a student gets rows. There is no other way to
/// make one than to compare all rows with a fingerprint.
package struct TrainingDataset: Sendable {
    package private(set) var dataset: TextDataset
    package let contaminated: [ContaminatedRow]

    /// Leaves out what the fingerprint knows, and lists it.
    package init(_ dataset: TextDataset, heldOut: Fingerprint) {
        let matches = concurrentMap(dataset.rows) { heldOut.match($0.text) }
        contaminated = zip(dataset.rows.indices, matches).compactMap { index, match in
            match.map {
                let row = dataset.rows[index]
                return ContaminatedRow(id: row.id, row: index, source: row.source.name, reason: $0)
            }
        }
        let kept = dataset.rows.indices.filter { matches[$0] == nil }
        self.dataset = contaminated.isEmpty ? dataset : dataset.selecting(kept)
    }

    /// Reads a dataset that should be clean already; throws `DataError.contaminated` if it is not.
    package static func read(_ url: URL, heldOut: Fingerprint) throws(DataError) -> TrainingDataset {
        let checked = TrainingDataset(try DatasetFile.read(url), heldOut: heldOut)
        guard checked.contaminated.isEmpty else {
            throw .contaminated(path: url.path, rows: checked.contaminated)
        }
        return checked
    }

    /// Some of the rows, each in the part given.
    package func selecting(_ rows: [Int], splits: [Split]) -> TrainingDataset {
        precondition(rows.count == splits.count, "one part a row")
        var result = self
        result.dataset = dataset.selecting(rows)
        for (row, split) in splits.enumerated() { result.dataset.rows[row].split = split }
        return result
    }

    package mutating func attach(_ embeddings: [TextEmbeddings]) {
        dataset.embeddings = embeddings
    }

    package func write(to url: URL) throws(DataError) {
        try DatasetFile.write(dataset, to: url)
    }
}
