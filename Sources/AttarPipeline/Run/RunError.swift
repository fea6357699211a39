import Foundation

/// Why a run cannot start or go on.
package enum RunError: Error, Sendable {
    case folderNotWritable(path: String, reason: String)
    case inUse(path: String, processID: Int32?)
    case noSuchRun(path: String)
    case damagedRecord(path: String, reason: String)
    case newerFormat(path: String, format: Int, known: Int)
    case olderFormat(path: String, format: Int?, known: Int)
    /// There are no answers to held-out rows.
    case notEvaluated(path: String)
    case noSuchStage(String, stages: [String])
    case missingInput(stage: StageName, file: String)
    case missingOutput(stage: StageName, file: String)
    /// A file is not as the stage that made it has left it.
    case damagedOutput(path: String, stage: StageName)
    case interrupted(StageName)
    /// A stage failed: its own error says why.
    case failed(StageName, any Error)
    case file(path: String, reason: String)
}

extension RunError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .folderNotWritable(let path, let reason):
            "\(path): expected a folder that can be written; \(reason). Choose another by --runs FOLDER"
        case .inUse(let path, let processID):
            "\(path): another process\(processID.map { " (\($0))" } ?? "") is working on this run. Wait for it, or choose another name by --run NAME"
        case .noSuchRun(let path): "\(path): expected the folder of a run, with run.json in it; found none"
        case .damagedRecord(let path, let reason):
            "\(path): expected the record of a run; found a damaged file (\(reason)). Move it away to run all stages again; paid answers stay in the ledger"
        case .newerFormat(let path, let format, let known):
            "\(path): written by a newer attar: its format is \(format), this one reads \(known). Update attar, or choose another name by --run NAME"
        case .olderFormat(let path, let format, let known):
            "\(path): written by an older attar: its format is \(format.map(String.init) ?? "not given"), this one reads \(known). "
                + "Move it away to run all stages again; paid answers stay in the ledger"
        case .notEvaluated(let path):
            "\(path): expected the answers to held-out rows that an evaluation keeps; there are none: the run was not evaluated, or by an older attar. Run its recipe again"
        case .noSuchStage(let name, let stages):
            "stage \(name) is not part of this run; its stages are \(stages.joined(separator: ", "))"
        case .missingInput(let stage, let file): "stage \(stage.rawValue): expected \(file); there is no such file"
        case .missingOutput(let stage, let file): "stage \(stage.rawValue) ended without making \(file)"
        case .damagedOutput(let path, let stage):
            "\(path): expected the file as stage \(stage.rawValue) left it; it has changed or is gone. Run the recipe again to make it anew"
        case .interrupted(let stage): "stopped in stage \(stage.rawValue)"
        case .failed(let stage, let error): "stage \(stage.rawValue): \(errorText(error))"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}
