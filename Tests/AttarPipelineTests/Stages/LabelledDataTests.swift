import AttarData
import AttarPipeline
import Foundation
import Testing

@Suite("From files to a dataset, without a teacher")
struct LabelledDataTests {
    private let recipe = """
        attar: 1
        data:
          labelled: ../train.csv
          held-out: ../heldout.csv
          licence: CC0-1.0

        """
    private let rows = invented(200) { ["good", "bad", "odd"][$0 % 3] }
    private let heldOut = invented(30, label: { ["good", "bad", "odd"][$0 % 3] }, from: 1000)

    private func fixture(
        train: [(text: String, label: String)]? = nil, heldOut: [(text: String, label: String)]? = nil
    ) throws -> StageFixture {
        let fixture = try StageFixture()
        try fixture.folder.write(csv(train ?? rows), to: "train.csv")
        try fixture.folder.write(csv(heldOut ?? self.heldOut), to: "heldout.csv")
        return fixture
    }

    @Test("All rows arrive, each in one of three parts, with sorted labels")
    func arrives() async throws {
        let fixture = try fixture()
        let record = try await fixture.run(recipe)
        let dataset = try fixture.dataset()
        #expect(dataset.labels == ["bad", "good", "odd"])
        #expect(dataset.rows.map(\.text) == rows.map(\.text))
        #expect(dataset.rows.map { $0.gold.map { dataset.labels[$0] } } == rows.map(\.label))
        for part in Split.allCases {
            let share = Double(dataset.rows.count { $0.split == part }) / 200
            #expect(abs(share - (part == .train ? 0.8 : 0.1)) < 0.03)
            #expect(record.count("\(part.name) texts", in: .dataset) == dataset.rows.count { $0.split == part })
        }
        #expect(dataset.attributes["licence"] == "CC0-1.0")
        #expect(record[.data]?.report?.notes.contains { $0.contains("CC0-1.0") } == true)
    }

    @Test("Near copies and held-out texts are left out and counted")
    func dropped() async throws {
        let copies = [(rows[3].text.uppercased() + "!", rows[3].label), (rows[4].text, "odd")]
        let known = [(heldOut[0].text, "good"), ("Hello. " + heldOut[1].text + ".", "bad")]
        let fixture = try fixture(train: rows + copies + known)
        let record = try await fixture.run(recipe)
        #expect(record.count("dropped: near copies", in: .dataset) == 2)
        #expect(record.count("dropped: known to the held-out fingerprint", in: .dataset) == 2)
        #expect(record.count("texts kept", in: .dataset) == 200)
        #expect(try fixture.dataset().rows.map(\.text) == rows.map(\.text))
        #expect(
            record[.dataset]?.report?.notes.contains { $0.hasPrefix("1 of the near copies have another label") } == true
        )
    }

    @Test("Nothing of the held-out rows is in any file before evaluation but hashes; each opening is on record")
    func sealed() async throws {
        let fixture = try fixture()
        let record = try await fixture.run(recipe)
        #expect(record.heldOutOpenings.count == 1)
        #expect(record.heldOutOpenings.first?.stage == .data)
        #expect(record.heldOutOpenings.first?.reason.contains("hashes") == true)
        let files = FileManager.default.enumerator(at: fixture.folder.run().url, includingPropertiesForKeys: nil)
        var count = 0
        while let file = files?.nextObject() as? URL {
            guard let data = try? Data(contentsOf: file) else { continue }
            count += 1
            for row in heldOut { #expect(data.range(of: Data(row.text.utf8)) == nil, "\(file.lastPathComponent)") }
        }
        #expect(count >= 4)
    }

    @Test("The same input gives the same bytes, whatever the name of the run")
    func deterministic() async throws {
        let fixture = try fixture()
        _ = try await fixture.run(recipe, named: "one")
        _ = try await fixture.run(recipe, named: "two")
        #expect(
            try Data(contentsOf: fixture.folder.run("one").datasetFile)
                == Data(contentsOf: fixture.folder.run("two").datasetFile))
    }

    @Test("The split's seed changes the parts and nothing before them")
    func seed() async throws {
        let fixture = try fixture()
        _ = try await fixture.run(recipe)
        let before = try fixture.dataset().rows.map(\.split)
        let progress = RecordedProgress()
        _ = try await fixture.run(recipe, set: ["data.split-seed=2"], progress: progress)
        #expect(progress.story == ["kept data", "started dataset", "finished dataset"])
        #expect(try fixture.dataset().rows.map(\.split) != before)
    }

    @Test("Rows without text are counted, not kept")
    func emptyTexts() async throws {
        let fixture = try fixture(train: rows + [("", "good"), ("   ", "bad")])
        let record = try await fixture.run(recipe)
        #expect(record.count("dropped: without text", in: .data) == 2)
        #expect(record.count("texts kept", in: .dataset) == 200)
    }

    @Test(
        "Data that does not fit is refused with file, line and remedy",
        arguments: [
            (
                "text,label\nhello,good\nworld,\n", [],
                "../train.csv:3: expected a label in column “label”; the cell is empty"
            ),
            (
                "text,label\nhello,good\nworld,good\n", [],
                "../train.csv: expected at least two labels; every row has “good”"
            ),
            (
                "text,label\nhello,good\nworld,bda\n", ["labels=[good, bad]"],
                "../train.csv:3: “bda” is not one of the labels"
            ),
            ("text,label\nhello,good\nworld,bda\n", ["labels=[good, bad]"], "did you mean “bad”?"),
            (
                "text,label\nhello,good\nworld,bad\n", ["labels=[good, bad, odd]"],
                "expected rows of every label in `labels`; found none of “odd”"
            ),
            ("text,tag\nhello,good\nworld,bad\n", [], "there is no column “label”"),
            ("text,label\n", [], "there is a header but no row below it"),
            ("", [], "the file is empty"),
            ("text,label\n\"hello,good\nworld,bad\n", [], "this quote opens a field that never ends"),
        ])
    func refused(text: String, overrides: [String], message: String) async throws {
        let fixture = try fixture()
        try fixture.folder.write(text, to: "train.csv")
        let found = await fixture.failure(recipe.replacing("  held-out: ../heldout.csv\n", with: ""), set: overrides)
        #expect(found.contains(message), "\(found)")
    }

    @Test("A held-out label that the model cannot know is refused at the start")
    func heldOutLabel() async throws {
        let fixture = try fixture(heldOut: [("a new text", "godo")])
        let found = await fixture.failure(recipe)
        #expect(found.contains("../heldout.csv:2: “godo” is not one of the labels"), "\(found)")
        #expect(found.contains("did you mean “good”?"))
    }

    @Test("When everything is left out the message tells the way")
    func nothingLeft() async throws {
        let fixture = try fixture(train: heldOut)
        let found = await fixture.failure(recipe)
        #expect(found.contains("expected texts to train on; none are left"), "\(found)")
        #expect(found.contains("known to the held-out fingerprint 30"), "\(found)")
    }
}
