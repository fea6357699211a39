import AttarData
import Foundation

extension EvaluationReport {
    /// Writes report.json, report.html and report.md into a folder that exists.
    package func write(in folder: URL) throws {
        try AtomicFile.write(try json(), to: folder.appending(path: "report.json"))
        try AtomicFile.write(Data(html().utf8), to: folder.appending(path: "report.html"))
        try AtomicFile.write(Data(markdown().utf8), to: folder.appending(path: "report.md"))
    }
}
