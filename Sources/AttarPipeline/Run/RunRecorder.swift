import AttarData
import Foundation
import Synchronization

/// Keeps the record of a run that is going on, and puts each change on the disk at once.
final class RunRecorder: Sendable {
    private let directory: RunDirectory
    private let state: Mutex<RunRecord>

    init(_ record: RunRecord, in directory: RunDirectory) {
        self.directory = directory
        state = Mutex(record)
    }

    var record: RunRecord { state.withLock { $0 } }

    var reports: [StageName: StageReport] {
        record.stages.reduce(into: [:]) { $0[$1.name] = $1.report }
    }

    func update(_ change: (inout RunRecord) -> Void) throws(RunError) {
        let changed = state.withLock { record in
            change(&record)
            return record
        }
        try directory.save(changed)
    }

    func recordOpening(of file: RecipeFile, stage: StageName, reason: String) throws(RunError) {
        let hash = try fileHash(of: file.url).sha256
        try update { record in
            record.heldOutOpenings.append(
                .init(
                    file: file.written, sha256: hash, stage: stage, reason: reason, at: Date(),
                    recipe: record.recipe.sha256))
        }
    }

    /// Takes the lines of a stage out of metrics.jsonl: it is about to run anew.
    func clearMetrics(of stage: StageName) throws(RunError) {
        try state.withLock { _ throws(RunError) in
            guard let old = try? String(contentsOf: directory.metricsFile, encoding: .utf8) else { return }
            let opening = #"{"stage":"\#(stage.rawValue)""#
            let lines = old.split(separator: "\n")
            let others = lines.filter { !$0.hasPrefix(opening) }
            guard others.count < lines.count else { return }
            do {
                try AtomicFile.write(Data(others.map { $0 + "\n" }.joined().utf8), to: directory.metricsFile)
            } catch {
                throw RunError.file(
                    path: directory.shownPath + "/metrics.jsonl", reason: "cannot be written: \(errorText(error))")
            }
        }
    }

    /// Adds a line to metrics.jsonl, unless it is there: a stage that goes on from a checkpoint repeats, to the bit, what
    /// came after it.
    func append(metric: JSONValue, of stage: StageName) throws(RunError) {
        var members = [JSONValue.Member("stage", .text(stage.rawValue))]
        if case .object(let values) = metric { members += values }
        let text = JSONValue.object(members).compact
        try state.withLock { _ throws(RunError) in
            do {
                let old = try? String(contentsOf: directory.metricsFile, encoding: .utf8)
                if old == nil { try Data().write(to: directory.metricsFile) }
                if old?.split(separator: "\n").contains(Substring(text)) == true { return }
                let handle = try FileHandle(forWritingTo: directory.metricsFile)
                defer { try? handle.close() }
                try handle.seekToEnd()
                try handle.write(contentsOf: Data((text + "\n").utf8))
            } catch {
                throw RunError.file(
                    path: directory.shownPath + "/metrics.jsonl", reason: "cannot be written: \(errorText(error))")
            }
        }
    }
}
