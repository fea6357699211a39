import AttarData
import AttarEvaluation
import Foundation

/// The folder of one run, `runs/<name>/`, and the files in it.
package struct RunDirectory: Sendable {
    package let url: URL
    /// As the user would type it, for messages.
    package let shownPath: String

    package init(_ url: URL, shownPath: String? = nil) {
        self.url = url
        self.shownPath = shownPath ?? url.relativePath
    }

    /// The folder of the run `name` below the folder of all runs.
    package init(named name: String, in runsFolder: String) {
        let path = runsFolder.hasSuffix("/") ? runsFolder + name : runsFolder + "/" + name
        self.init(URL(filePath: path, directoryHint: .isDirectory), shownPath: path)
    }

    package func file(_ name: String) -> URL { url.appending(path: name) }

    package var recordFile: URL { file("run.json") }
    package var metricsFile: URL { file("metrics.jsonl") }
    package var modelFile: URL { file("model.attar") }
    package var datasetFile: URL { file("dataset.h5") }

    /// Another run in the same folder of runs.
    package func beside(_ name: String) -> RunDirectory {
        let parent = url.deletingLastPathComponent()
        let shown = shownPath.split(separator: "/", omittingEmptySubsequences: false).dropLast() + [name[...]]
        return RunDirectory(
            parent.appending(path: name, directoryHint: .isDirectory), shownPath: shown.joined(separator: "/"))
    }

    /// The answers to held-out rows that the evaluation of this run has kept.
    package func heldOutAnswers() throws -> EvaluationRecord {
        _ = try existingRecord()
        let path = shownPath + "/" + Stage.heldOutAnswersFile
        guard FileManager.default.fileExists(atPath: file(Stage.heldOutAnswersFile).path) else {
            throw RunError.notEvaluated(path: path)
        }
        return try EvaluationRecord(contentsOf: file(Stage.heldOutAnswersFile), shownPath: path)
    }

    /// The ledger that all runs beside this one share.
    package var sharedLedger: URL { url.deletingLastPathComponent().appending(path: "ledger.sqlite") }

    func unfinishedFolder(of stage: StageName, key: String) -> URL {
        file("unfinished").appending(path: "\(stage.rawValue)-\(key.prefix(16))", directoryHint: .isDirectory)
    }

    /// Makes the folder and checks that it can be written.
    package func create() throws(RunError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw .folderNotWritable(path: shownPath, reason: errorText(error))
        }
        guard access(url.path, W_OK | X_OK) == 0 else {
            throw .folderNotWritable(path: shownPath, reason: String(cString: strerror(errno)))
        }
    }

    /// The record of the run, or nil where nothing has run here.
    package func record() throws(RunError) -> RunRecord? {
        guard FileManager.default.fileExists(atPath: recordFile.path) else { return nil }
        let path = shownPath + "/run.json"
        let data: Data
        do {
            data = try Data(contentsOf: recordFile)
        } catch {
            throw .file(path: path, reason: "cannot be read: \(errorText(error))")
        }
        struct Header: Decodable { let format: Int? }
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: data)
        } catch {
            throw .damagedRecord(path: path, reason: "not JSON")
        }
        let known = RunRecord.currentFormat
        guard let format = header.format, format >= known else {
            throw .olderFormat(path: path, format: header.format, known: known)
        }
        guard format == known else { throw .newerFormat(path: path, format: format, known: known) }
        do {
            return try RunRecord.decoder.decode(RunRecord.self, from: data)
        } catch {
            throw .damagedRecord(path: path, reason: "parts of it are missing or of the wrong type")
        }
    }

    /// The record of a run that must be there.
    package func existingRecord() throws(RunError) -> RunRecord {
        guard let record = try record() else { throw .noSuchRun(path: shownPath) }
        return record
    }

    func save(_ record: RunRecord) throws(RunError) {
        do {
            try AtomicFile.write(RunRecord.encoder.encode(record), to: recordFile)
        } catch {
            throw .file(path: shownPath + "/run.json", reason: "cannot be written: \(errorText(error))")
        }
    }
}

extension RunRecord {
    fileprivate static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    fileprivate static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
