import Foundation

/// What was decided about texts, by their ids (`TextRow.id`): it stays right when rows move, come or go.
package struct ReviewDecisions: Equatable, Sendable {
    package private(set) var byID: [String: ReviewDecision]

    package init(_ byID: [String: ReviewDecision] = [:]) {
        self.byID = byID
    }

    package var count: Int { byID.count }

    package subscript(id id: String) -> ReviewDecision? {
        get { byID[id] }
        set { byID[id] = newValue }
    }

    /// Where the decisions about a dataset are kept: beside it, as `NAME.reviews.json`.
    package static func url(beside dataset: URL) -> URL {
        dataset.deletingPathExtension().appendingPathExtension("reviews.json")
    }

    /// None where there is no file.
    package static func read(_ url: URL) throws(DataError) -> ReviewDecisions {
        guard FileManager.default.fileExists(atPath: url.path) else { return ReviewDecisions() }
        let bytes = try TextTable.bytes(of: url)
        guard let byID = try? JSONDecoder().decode([String: ReviewDecision].self, from: Data(bytes)) else {
            throw .notReviews(path: url.path)
        }
        return ReviewDecisions(byID)
    }

    package func write(to url: URL) throws(DataError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do throws(FileError) {
            // Texts by texts cannot fail to encode.
            try AtomicFile.write((try? encoder.encode(byID)) ?? Data(), to: url)
        } catch {
            throw .file(error)
        }
    }
}

extension TextDataset {
    /// How many rows decisions have changed.
    package struct ReviewCounts: Equatable, Sendable {
        package var kept = 0
        package var dropped = 0
        package var relabelled = 0
    }

    /// The dataset after a review: rows are left out, or have the label that a person gave them as their right one.
    ///
    /// Throws `DataError.invalidDataset` for a label that the dataset has not.
    package func applying(
        _ decisions: ReviewDecisions, path: String
    ) throws(DataError) -> (dataset: TextDataset, counts: ReviewCounts) {
        guard decisions.count > 0 else { return (self, ReviewCounts()) }
        var result = self
        var counts = ReviewCounts()
        var kept: [Int] = []
        for (index, row) in rows.enumerated() {
            switch decisions[id: row.id] {
            case .drop:
                counts.dropped += 1
                continue
            case .relabel(let name):
                guard let label = labels.firstIndex(of: name) else {
                    throw .invalidDataset(
                        path: path, place: "decision about \(row.id)",
                        expected: "one of the labels \(labels.joined(separator: ", "))", found: "“\(name)”")
                }
                result.rows[index].gold = label
                counts.relabelled += 1
            case .keep: counts.kept += 1
            case nil: break
            }
            kept.append(index)
        }
        return (kept.count == rows.count ? result : result.selecting(kept), counts)
    }
}
