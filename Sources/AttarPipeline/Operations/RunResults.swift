import AttarEvaluation
import Foundation

/// What a run came to: where its files are, and the figures of its report.
package struct RunResults: Sendable {
    private let files: [(name: String, path: String)]
    private let report: EvaluationReport?

    /// - Parameter last: the stage that ended the run; what later ones have made before is not part of it.
    package init(_ directory: RunDirectory, until last: StageName? = nil) throws {
        let record = try directory.existingRecord()
        let names = StageName.allCases.prefix { $0 != last } + [last].compactMap(\.self)
        let made = record.stages.filter { $0.status == .done && names.contains($0.name) }
            .flatMap(\.outputs).map(\.name)
        let known = [
            ("dataset", Stage.datasetFile), ("model", Stage.modelFile), ("figures", "report.json"),
            ("report", "report.html"), ("card", "report.md"),
        ]
        files = known.filter { made.contains($0.1) }.map { ($0.0, directory.shownPath + "/" + $0.1) }
        report =
            made.contains("report.json")
            ? try EvaluationReport(json: Data(contentsOf: directory.file("report.json"))) : nil
    }

    /// Lines for a terminal of this many columns.
    package func lines(columns: Int) -> [String] {
        let text = report.map { [$0.terminalText(TerminalStyle(width: min(max(columns, 40), 120))), ""] } ?? []
        return text + files.map { "\($0.name.padded(to: 8)) \($0.path)" }
    }

    package var json: JSONValue {
        .object([JSONValue.Member("event", "run-finished")] + files.map { JSONValue.Member($0.name, .text($0.path)) })
    }
}
