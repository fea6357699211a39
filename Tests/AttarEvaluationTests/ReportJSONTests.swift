import AttarEvaluation
import Foundation
import Testing

@Suite struct ReportJSONTests {
    /// The stored report of invented data. Run with ATTAR_WRITE_GOLDENS=1 to write it anew after a deliberate change.
    @Test func theSchemaIsStable() throws {
        let json = try evaluate(Invented.full(rows: 60, labels: ["a", "b", "c"])).json()
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/report.json")
        if ProcessInfo.processInfo.environment["ATTAR_WRITE_GOLDENS"] != nil { try json.write(to: file) }
        let golden = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let differences = differences(golden, try JSONSerialization.jsonObject(with: json), at: "report")
        #expect(differences.isEmpty, "\(differences.prefix(5))")
        #expect(try EvaluationReport(json: Data(contentsOf: file)).schema == EvaluationReport.currentSchema)
    }

    /// A report of before cascades, costs of serving and stress: readable, and drawn without them.
    @Test func olderReportsAreStillRead() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Goldens/report-before-cascade.json")
        let report = try EvaluationReport(json: Data(contentsOf: file))
        #expect(report.verdict.outcome == .matchesTeacher)
        #expect(report.systems.count == 5)
        let html = report.html()
        #expect(html.contains(report.verdict.sentence.prefix(40)))
        for id in ["cascade", "slices", "shift", "seeds", "disagreements"] { #expect(!html.contains("id=\"\(id)\"")) }
        #expect(report.markdown().contains("## Evaluation"))
        #expect(!report.terminalText().contains("Who answers"))
    }

    @Test func theFullestReportIsReadAsItWasWritten() throws {
        let report = try Invented.report(rows: 120)
        #expect(try EvaluationReport(json: report.json()) == report)
    }

    @Test func damagedReportsAreRefused() throws {
        let json = try evaluate(Invented.full(rows: 30, labels: ["a", "b"])).json()
        #expect(throws: EvaluationError.self) { try EvaluationReport(json: Data()) }
        #expect(throws: EvaluationError.self) { try EvaluationReport(json: json.prefix(json.count / 2)) }
        #expect(throws: EvaluationError.self) { try EvaluationReport(json: Data("[]".utf8)) }
        #expect(throws: EvaluationError.unknownSchema(found: 99, known: EvaluationReport.currentSchema)) {
            try EvaluationReport(json: Data(#"{"schema": 99}"#.utf8))
        }
        let text = String(decoding: json, as: UTF8.self)
        #expect(throws: EvaluationError.unreadableReport(detail: "key subject is missing")) {
            try EvaluationReport(json: Data(text.replacing("\"subject\"", with: "\"object\"").utf8))
        }
    }

    /// Where two JSON values differ, numbers compared but for rounding.
    private func differences(_ one: Any, _ other: Any, at place: String) -> [String] {
        switch (one, other) {
        case (let one as [String: Any], let other as [String: Any]):
            guard Set(one.keys) == Set(other.keys) else {
                return ["\(place): keys \(Set(one.keys).symmetricDifference(other.keys).sorted())"]
            }
            return one.keys.sorted().flatMap { key in
                differences(one[key] ?? "", other[key] ?? "", at: "\(place).\(key)")
            }
        case (let one as [Any], let other as [Any]):
            guard one.count == other.count else { return ["\(place): \(one.count) and \(other.count) elements"] }
            return one.indices.flatMap { differences(one[$0], other[$0], at: "\(place)[\($0)]") }
        case (let one as String, let other as String):
            return one == other ? [] : ["\(place): \(one) and \(other)"]
        case (let one as NSNumber, let other as NSNumber):
            let (one, other) = (one.doubleValue, other.doubleValue)
            return abs(one - other) <= 1e-9 * max(1, abs(one)) ? [] : ["\(place): \(one) and \(other)"]
        default:
            return ["\(place): values of different kinds"]
        }
    }
}
