import AttarEvaluation
import Foundation

/// A folder for reports, made where it is missing.
package struct OutputFolder {
    package let path: String

    /// Throws where the folder cannot be made or written.
    package init(_ path: String) throws(RunError) {
        guard !FileManager.default.fileExists(atPath: path + "/run.json") else {
            throw .file(
                path: path,
                reason: "is the folder of a run, whose own report would be lost. Choose another by --output FOLDER")
        }
        do throws(RunError) {
            try RunDirectory(URL(filePath: path, directoryHint: .isDirectory), shownPath: path).create()
        } catch {
            guard case .folderNotWritable(_, let reason) = error else { throw error }
            throw .file(
                path: path,
                reason: "expected a folder that can be written; \(reason). Choose another by --output FOLDER")
        }
        self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package func write(_ report: EvaluationReport) throws {
        try report.write(in: URL(filePath: path, directoryHint: .isDirectory))
    }
}
