import AttarData
import AttarPipeline
import Foundation
import Testing

@Suite("Reviews and decontamination on the way to training")
struct ReviewedDataTests {
    private let recipe = """
        attar: 1
        data: {labelled: ../train.csv, held-out: ../heldout.csv}
        student: {buckets: 512, width: 64}
        train: {epochs: 2, learning-curve: false}

        """
    private let rows = invented(120) { $0 % 2 == 0 ? "good" : "bad" }
    private let heldOut = invented(30, label: { $0 % 2 == 0 ? "good" : "bad" }, from: 1000)

    private func fixture(extra: [(text: String, label: String)] = []) throws -> StageFixture {
        let fixture = try StageFixture()
        try fixture.folder.write(csv(rows + extra), to: "train.csv")
        try fixture.folder.write(csv(heldOut), to: "heldout.csv")
        return fixture
    }

    @Test("What a person decided is applied, and a changed decision runs the stage again")
    func reviewed() async throws {
        let fixture = try fixture()
        _ = try await fixture.run(recipe)
        var decisions = ReviewDecisions()
        decisions[id: TextRow.id(of: rows[3].text)] = .drop
        decisions[id: TextRow.id(of: rows[4].text)] = .relabel("bad")
        let file = fixture.folder.url.appending(path: "reviews.json")
        try decisions.write(to: file)
        let set = ["data.reviews=\(file.path)"]
        let record = try await fixture.run(recipe, set: set)
        #expect(record.count("dropped: by review", in: .dataset) == 1)
        #expect(record.count("relabelled by review", in: .dataset) == 1)
        let dataset = try fixture.dataset()
        #expect(dataset.rows.count == rows.count - 1)
        #expect(!dataset.rows.contains { $0.text == rows[3].text })
        let row = try #require(dataset.rows.first { $0.text == rows[4].text })
        #expect(row.gold.map { dataset.labels[$0] } == "bad")

        decisions[id: TextRow.id(of: rows[5].text)] = .drop
        try decisions.write(to: file)
        #expect(try await fixture.run(recipe, set: set).count("dropped: by review", in: .dataset) == 2)

        decisions[id: TextRow.id(of: rows[5].text)] = .relabel("splendid")
        try decisions.write(to: file)
        #expect(await fixture.failure(recipe, set: set).contains("expected one of the labels bad, good"))
    }

    @Test("Rows that are held out are listed by id with the reason, and without their text")
    func listed() async throws {
        let text = heldOut[7].text
        let edited = text.replacing(" ", with: "  ").uppercased()
        let fixture = try fixture(extra: [(edited, "good"), (text + " and more of it", "bad")])
        let record = try await fixture.run(recipe)
        #expect(record.count("dropped: known to the held-out fingerprint", in: .dataset) == 2)
        let data = try Data(contentsOf: fixture.folder.run().file("stages/contaminated.json"))
        let list = try JSONDecoder().decode([ContaminatedRow].self, from: data)
        #expect(list.map(\.id) == [TextRow.id(of: edited), TextRow.id(of: text + " and more of it")])
        #expect(list.first?.reason == .exact)
        #expect(data.range(of: Data(text.utf8)) == nil)
    }

    @Test("A dataset that somebody put held-out rows into is not trained on")
    func enforced() async throws {
        let fixture = try fixture()
        _ = try await fixture.run(recipe)
        var dataset = try fixture.dataset()
        dataset.rows[0].text = heldOut[0].text
        let checked = TrainingDataset(dataset, heldOut: Fingerprint(heldOut: heldOut.map(\.text)))
        #expect(checked.contaminated.map(\.row) == [0])
        #expect(!checked.dataset.rows.contains { $0.text == heldOut[0].text })
        #expect(throws: DataError.self) {
            try DatasetFile.write(dataset, to: fixture.folder.run().datasetFile)
            _ = try TrainingDataset.read(
                fixture.folder.run().datasetFile, heldOut: Fingerprint(heldOut: heldOut.map(\.text)))
        }
    }

    @Test("A run is reviewed with its model's say, and remembers")
    func remembered() async throws {
        let fixture = try fixture()
        _ = try await fixture.run(recipe, until: .export)
        let path = fixture.folder.run().url.path
        var review = try DatasetReview(path: path, decisions: nil)
        var queue = ReviewQueue()
        (queue.suspicious, queue.random) = (5, 5)
        var session = review.session(queue)
        let first = try #require(session.current)
        #expect(review.lines(about: first).first == review.dataset.rows[first.row].text)
        #expect(session.press(.drop) == .decided)
        try review.save(session)
        #expect(review.decisionsFile.lastPathComponent == "dataset.reviews.json")

        var again = try DatasetReview(path: path, decisions: nil)
        #expect(again.decisions[id: first.id] == .drop)
        #expect(!again.items(queue).contains { $0.id == first.id })
        let table = fixture.folder.url.appending(path: "reviews.csv").path
        let exported = again.items(queue, includingDecided: true)
        #expect(exported.contains { $0.id == first.id } && exported.count >= 5)
        #expect(try again.export(queue, to: table) == exported.count)
        #expect(try again.takeOver(table) <= 1)
    }
}
