import AttarData
import AttarPipeline
import Foundation
import Testing

@Suite("Texts to label by hand")
struct LabelSuggestionsTests {
    private let fixture: StageFixture
    private let labelled = invented(60) { $0 % 2 == 0 ? "good" : "bad" }
    private let heldOut = invented(20, label: { $0 % 2 == 0 ? "good" : "bad" }, from: 900)
    private let fresh = invented(40, label: { _ in "" }, from: 300).map(\.text)
    private let recipe = """
        attar: 1
        name: run
        labels: [good, bad]
        data: {labelled: ../train.csv, held-out: ../heldout.csv, calibration: 0.2}
        student: {buckets: 512, width: 8}
        train: {epochs: 3, refit: false}

        """

    init() async throws {
        fixture = try StageFixture()
        try fixture.folder.write(csv(labelled), to: "train.csv")
        try fixture.folder.write(csv(heldOut), to: "heldout.csv")
        _ = try await fixture.run(recipe, until: .export)
    }

    private func suggestions(_ pool: [String], count: Int = 10) throws -> LabelSuggestions {
        try fixture.folder.write(pool.map { $0 + "\n" }.joined(), to: "pool.txt")
        return try LabelSuggestions(
            path: fixture.folder.run().url.path, runs: "runs",
            pool: fixture.folder.url.appending(path: "pool.txt").path,
            count: count)
    }

    @Test("Labelled and held-out texts, near copies of them and of each other are left out, and counted")
    func leftOut() throws {
        let copies = fresh.prefix(5).map { $0 + "!" }
        let pool =
            labelled.prefix(10).map(\.text) + labelled[10..<15].map { $0.text.uppercased() }
            + heldOut.prefix(7).map(\.text) + fresh + copies
        let found = try suggestions(pool, count: 1000)
        #expect(found.suggestions.count == 40)
        #expect(Set(found.suggestions.map(\.text)) == Set(fresh))
        #expect(found.labelled == 10)
        #expect(found.heldOut == 7)
        #expect(found.copies == 10)
    }

    @Test("As many as asked for, the same each time; each with what the model thinks and why")
    func told() throws {
        let found = try suggestions(fresh)
        #expect(found.suggestions.count == 10)
        #expect(try suggestions(fresh).suggestions == found.suggestions)
        for suggestion in found.suggestions {
            #expect(["good", "bad"].contains(suggestion.label))
            #expect(suggestion.probability >= 0.5 && suggestion.why.contains("between"))
        }
    }

    @Test("The table has an empty column for the label, and comes back as labelled data once it is filled in")
    func table() async throws {
        let found = try suggestions(fresh)
        let file = fixture.folder.url.appending(path: "to-label.csv")
        try found.write(to: file.path)
        let rows = try TextTable.read(file, textColumn: "text", labelColumn: "label")
        #expect(rows.map(\.text) == found.suggestions.map(\.text))
        #expect(rows.allSatisfy { $0.label == nil })
        #expect(found.story(writtenTo: "to-label.csv").joined().contains("../train.csv"))
        let filled = rows.enumerated().map { (text: $1.text, label: $0 % 2 == 0 ? "good" : "bad") }
        try fixture.folder.write(csv(labelled + filled), to: "train.csv")
        let record = try await fixture.run(recipe, until: .export)
        #expect(record.count("labelled texts", in: .data) == 70)
        // What has a label now is not suggested again.
        #expect(try suggestions(fresh, count: 100).suggestions.count == 30)
    }

    @Test("A run without a model, or without texts that lack a label, is told what it needs")
    func missing() async throws {
        #expect(throws: SuggestionError.noPool(run: fixture.folder.run().url.path)) {
            try LabelSuggestions(path: fixture.folder.run().url.path, runs: "runs", pool: nil, count: 5)
        }
        _ = try await fixture.run(recipe, until: .data, named: "other")
        #expect(throws: SuggestionError.noModel(run: fixture.folder.run("other").url.path)) {
            try LabelSuggestions(path: fixture.folder.run("other").url.path, runs: "runs", pool: nil, count: 5)
        }
    }
}
