import AttarData
import AttarRuntime
import Foundation

/// A review of a dataset by a person or a team: what is asked, and the file that remembers what was decided.
package struct DatasetReview {
    package let dataset: TextDataset
    package let decisionsFile: URL
    package private(set) var decisions: ReviewDecisions
    private let path: String
    /// What the model of the run holds of each row; empty without one.
    private let student: [[Float]]

    /// - Parameters:
    ///   - path: a dataset, or the folder of a run with one; the run's model then has its say too.
    ///   - decisions: where decisions are kept; nil is beside the dataset.
    package init(path: String, decisions: String?) throws {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let run = isFolder.boolValue ? RunDirectory(URL(filePath: path), shownPath: path) : nil
        let url = run?.datasetFile ?? URL(filePath: path)
        dataset = try DatasetFile.read(url)
        self.path = url.relativePath
        decisionsFile = decisions.map { URL(filePath: $0) } ?? ReviewDecisions.url(beside: url)
        self.decisions = try ReviewDecisions.read(decisionsFile)
        student = try run.map { [dataset] in try Self.answers(of: $0, about: dataset) } ?? []
    }

    package func items(_ queue: ReviewQueue, includingDecided: Bool = false) -> [ReviewItem] {
        queue.items(of: dataset, student: student, decided: includingDecided ? ReviewDecisions() : decisions)
    }

    package func session(_ queue: ReviewQueue) -> ReviewSession {
        ReviewSession(labels: dataset.labels, items: items(queue), decisions: decisions)
    }

    /// Remembers what a session has decided so far.
    package mutating func save(_ session: ReviewSession) throws(DataError) {
        decisions = session.decisions
        try decisions.write(to: decisionsFile)
    }

    /// Writes items for a team to decide about.
    package func export(_ queue: ReviewQueue, to table: String) throws(DataError) -> Int {
        let items = items(queue, includingDecided: true)
        try ReviewTable.write(items, of: dataset, decisions: decisions, to: URL(filePath: table))
        return items.count
    }

    /// Takes over what a team has decided; later decisions replace earlier ones. The number of decisions in the table.
    package mutating func takeOver(_ table: String) throws(DataError) -> Int {
        let taken = try ReviewTable.read(URL(filePath: table), for: dataset)
        for (id, decision) in taken.byID { decisions[id: id] = decision }
        try decisions.write(to: decisionsFile)
        return taken.count
    }

    /// One line on a row: what it is, and what speaks for a look at it.
    package func lines(about item: ReviewItem) -> [String] {
        let row = dataset.rows[item.row]
        let label = dataset.label(of: item.row).map { dataset.labels[$0] } ?? "no label"
        let origin = row.gold == nil ? (dataset.teachers.first.map { "by \($0.name)" } ?? "") : "gold"
        return [
            row.text,
            "label: \(label)\(origin.isEmpty ? "" : " (\(origin))"), \(row.source.name), \(row.split.name)",
            "why: " + item.reasons.map { $0.text(dataset.labels) }.joined(separator: "; "),
        ]
    }

    private static func answers(of run: RunDirectory, about dataset: TextDataset) throws -> [[Float]] {
        guard FileManager.default.fileExists(atPath: run.modelFile.path) else { return [] }
        let classifier = try openClassifier(run.modelFile.path)
        // A model of an earlier recipe has nothing to say about these labels.
        guard classifier.labels == dataset.labels else { return [] }
        return dataset.rows.map { row in
            var text = row.text
            return text.withUTF8 { Array(classifier.probabilities(of: $0)) }
        }
    }
}
