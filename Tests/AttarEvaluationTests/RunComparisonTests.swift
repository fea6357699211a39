import AttarEvaluation
import AttarStatistics
import AttarTestSupport
import Foundation
import Testing

@Suite struct RunComparisonTests {
    private let folder = try! TemporaryFolder()
    private let rows = 240

    private func set(_ label: (Int) -> String = { $0 % 3 == 0 ? "a" : "b" }) throws -> HeldOutSet {
        let table = "text,label\n" + (0..<rows).map { "row \($0),\(label($0))\n" }.joined()
        let path = try folder.write(Array(table.utf8), to: "rows.csv")
        return try HeldOutSet(
            opening: URL(filePath: path), shownPath: "rows.csv", textColumn: "text", labelColumn: "label",
            labels: ["a", "b"]
        ) {}
    }

    /// A student that is wrong on every so many rows.
    private func record(wrongEvery step: Int, hash: String = "h", name: String) throws -> EvaluationRecord {
        let answers = (0..<rows).map { row in
            let truth = row % 3 == 0 ? 0 : 1
            return row % step == 0 ? 1 - truth : truth
        }
        let system = EvaluatedSystem(
            name: "model.attar", role: .deployedFile, probabilities: Invented.certain(answers, labelCount: 2),
            sizeBytes: 1000)
        let url = folder.url.appending(path: name)
        try EvaluationRecord(set(), systems: [system], heldOutHash: hash).write(to: url)
        return try EvaluationRecord(contentsOf: url, shownPath: name)
    }

    @Test func runsAreComparedRowByRowAfterARoundTrip() throws {
        let one = try record(wrongEvery: 4, name: "one.h5")
        let two = try record(wrongEvery: 8, name: "two.h5")
        let comparison = try RunComparison([("one", one), ("two", two)])
        #expect(comparison.systems.map(\.name) == ["one", "two"])
        #expect(comparison.systems.map(\.accuracy.value) == [0.75, 0.875])
        let difference = try #require(comparison.comparisons.first)
        #expect(difference.first == "two" && difference.second == "one")
        #expect(difference.accuracyDifference.value == 0.125)
        // Each row that two gets wrong one gets wrong too: 30 rows against none.
        #expect(difference.onlyFirstCorrect == 30 && difference.onlySecondCorrect == 0)
        #expect(difference.mcNemarProbability == exactMcNemar(30, 0))
        let text = comparison.terminalText()
        #expect(text.contains("two is more accurate than one, beyond chance."))
    }

    @Test func otherRowsOrLabelsAreRefused() throws {
        let one = try record(wrongEvery: 4, name: "one.h5")
        let other = try record(wrongEvery: 4, hash: "other", name: "other.h5")
        #expect(throws: EvaluationError.otherHeldOutRows(first: "one", second: "other")) {
            try RunComparison([("one", one), ("other", other)])
        }
        let set = try set()
        #expect(one.earlierRun(named: "one", on: set, heldOutHash: "other") == nil)
        #expect(one.earlierRun(named: "one", on: set, heldOutHash: "h")?.role == .other)
    }

    @Test func anotherFileIsRefused() throws {
        let path = try folder.write(Array("no answers".utf8), to: "no.h5")
        #expect(throws: (any Error).self) { try EvaluationRecord(contentsOf: URL(filePath: path), shownPath: "no.h5") }
    }

    @Test("Texts have no place in the kept answers")
    func holdsNoText() throws {
        _ = try record(wrongEvery: 4, name: "one.h5")
        let bytes = try Data(contentsOf: folder.url.appending(path: "one.h5"))
        #expect(bytes.range(of: Data("row 17".utf8)) == nil)
    }
}
