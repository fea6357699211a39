import AttarData
import Foundation
import Testing

@Suite struct DatasetSummaryTests {
    private let dataset = TextDataset(
        labels: ["no", "yes"],
        rows: [
            TextRow(text: "äbcd", source: .labelled, split: .train, gold: 1),
            TextRow(text: "ab", source: .labelled, split: .validation, gold: 0),
            TextRow(text: "abc", source: .generated, split: .train, intended: 1),
        ],
        teachers: [TeacherLabels(name: "t", method: "m", probabilities: [0.2, 0.8, 0.4, 0.6, .nan, .nan])],
        attributes: ["licence": "CC0"])

    @Test func countsAreRight() {
        let summary = DatasetSummary(dataset)
        #expect(summary.rows == 3)
        #expect(summary.rowsBySource == ["labelled": 2, "unlabelled": 0, "generated": 1])
        #expect(summary.rowsBySplit == ["train": 2, "validation": 1, "calibration": 0])
        #expect(summary.rowsByGold == [1, 1])
        #expect(summary.rowsWithoutGold == 1)
        #expect(summary.rowsByIntended == [0, 1])
        #expect(summary.meanTextCharacters == 3)
        #expect(summary.longestTextCharacters == 4)
        let teacher = DatasetSummary.Teacher(
            name: "t", method: "m", answeredRows: 2, rowsByLabel: [0, 2], agreeingRows: 1, comparedRows: 2)
        #expect(summary.teachers == [teacher])
    }

    @Test func linesForTheTerminalNameEverything() {
        let text = DatasetSummary(dataset).description
        for part in ["3 rows", "labelled 2", "train 2", "3.0 characters", "yes 1", "teacher t (m)", "1 of 2", "CC0"] {
            #expect(text.contains(part))
        }
    }

    @Test func anEmptyDatasetHasASummary() throws {
        let summary = DatasetSummary(TextDataset(labels: [], rows: []))
        #expect(summary.meanTextCharacters == 0)
        let data = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(DatasetSummary.self, from: data) == summary)
    }
}
