import AttarData
import Foundation
import Testing

@Suite struct ReviewTests {
    private let labels = ["bad", "good"]

    /// Clear texts of two labels with one mislabelled row, one unsure one, two near copies with two labels and one asked for
    /// another label.
    private var dataset: TextDataset {
        let words = [["broke", "late", "rude", "cold", "leaks"], ["lovely", "fast", "kind", "warm", "bright"]]
        var rows: [TextRow] = []
        for index in 0..<60 {
            let label = index % 2
            let text =
                "item \(index) was \(words[label][index % 5]) and \(words[label][(index / 2 + 2) % 5]) as \(index * 37)"
            rows.append(TextRow(text: text, source: .generated, intended: label))
        }
        rows.append(TextRow(text: "lovely fast kind warm bright thing", source: .labelled, gold: 0))
        rows.append(TextRow(text: "hard to say what to think of this one", source: .generated, intended: 1))
        rows.append(TextRow(text: "the same words in the same order twice over", source: .labelled, gold: 0))
        rows.append(TextRow(text: "the same words in the same order twice, over!", source: .labelled, gold: 1))
        rows.append(TextRow(text: "asked for praise but this is a complaint", source: .generated, intended: 1))
        let bad: [Int: Float] = [61: 0.48, 62: 0.9, 64: 0.97]
        let probabilities = rows.indices.flatMap { row -> [Float] in
            let probability = bad[row] ?? (row < 60 && row % 2 == 0 ? 0.95 : 0.05)
            return [probability, 1 - probability]
        }
        return TextDataset(
            labels: labels, rows: rows,
            teachers: [TeacherLabels(name: "t", method: "m", probabilities: probabilities)])
    }

    @Test func suspiciousRowsComeFirstWithTheirReasons() throws {
        let dataset = dataset
        var queue = ReviewQueue()
        queue.suspicious = 5
        queue.random = 10
        var student = [[Float]](repeating: [0.5, 0.5], count: dataset.rows.count)
        for row in student.indices { student[row] = dataset.label(of: row) == 0 ? [1, 0] : [0, 1] }
        student[10] = [0.1, 0.9]
        let items = queue.items(of: dataset, student: student)
        #expect(items.count == 15)
        #expect(Set(items.prefix(5).map(\.row)) == [10, 60, 62, 63, 64])
        let reasons = Dictionary(uniqueKeysWithValues: items.map { ($0.row, $0.reasons) })
        #expect(reasons[10]?.contains(.studentDisagrees(label: 1, probability: 0.9)) == true)
        #expect(reasons[60]?.contains(.teacherDisagrees(label: 1, probability: 0.95)) == true)
        #expect(reasons[60]?.contains(.outlier(label: 1)) == true)
        #expect(reasons[62]?.contains(.nearCopies(count: 2, labels: [0, 1])) == true)
        #expect(reasons[64]?.contains(.askedForOther(label: 1)) == true)
        queue.suspicious = 6
        #expect(queue.items(of: dataset, student: student).prefix(6).contains { $0.row == 61 })
        #expect(items.suffix(10).allSatisfy { $0.reasons.contains(.random) })
        #expect(items.allSatisfy { item in item.reasons.allSatisfy { !$0.text(labels).isEmpty } })
    }

    @Test func whatIsDecidedIsNotAskedAgain() {
        let dataset = dataset
        var queue = ReviewQueue()
        (queue.suspicious, queue.random) = (10, 10)
        let first = queue.items(of: dataset)
        #expect(queue.items(of: dataset) == first)
        var decisions = ReviewDecisions()
        for item in first { decisions[id: item.id] = .keep }
        let second = queue.items(of: dataset, decided: decisions)
        #expect(Set(second.map(\.row)).isDisjoint(with: first.map(\.row)))
        queue.seed = 1
        #expect(queue.items(of: dataset).map(\.row) != first.map(\.row))
    }

    @Test func keysDecideUndoAndEnd() {
        let dataset = dataset
        let items = ReviewQueue().items(of: dataset)
        var session = ReviewSession(labels: labels, items: items, decisions: ReviewDecisions())
        #expect(session.press(.undo) == .impossible)
        #expect(session.press(.keep) == .decided)
        #expect(session.press(.label(1)) == .decided)
        #expect(session.press(.label(2)) == .impossible)
        #expect(session.press(.skip) == .skipped)
        #expect(session.press(.drop) == .decided)
        #expect(session.position == 4)
        #expect(session.decisions[id: items[0].id] == .keep)
        #expect(session.decisions[id: items[1].id] == .relabel("good"))
        #expect(session.decisions[id: items[2].id] == nil)
        #expect(session.decisions[id: items[3].id] == .drop)
        #expect(session.press(.undo) == .undone)
        #expect(session.decisions[id: items[3].id] == nil)
        #expect(session.press(.undo) == .undone)
        #expect(session.press(.undo) == .undone)
        #expect(session.decisions[id: items[1].id] == nil)
        #expect(session.current == items[1])
        #expect(session.press(.quit) == .ended)
        #expect(session.current == nil)
        #expect(session.decisions.count == 1)
    }

    @Test(
        arguments: zip(
            "kdusq19",
            [
                ReviewSession.Key.keep, .drop, .undo, .skip, .quit, .label(0), .label(8),
            ]))
    func keysAreRead(character: Character, key: ReviewSession.Key) {
        #expect(ReviewSession.Key(character) == key)
        #expect(ReviewSession.Key("x") == nil && ReviewSession.Key("0") == nil && ReviewSession.Key("²") == nil)
    }

    @Test func decisionsAreRememberedAndApplied() throws {
        let dataset = dataset
        try withTemporaryFolder { folder in
            let url = ReviewDecisions.url(beside: folder.appending(path: "dataset.h5"))
            #expect(url.lastPathComponent == "dataset.reviews.json")
            #expect(try ReviewDecisions.read(url).count == 0)
            var decisions = ReviewDecisions()
            decisions[id: dataset.rows[3].id] = .drop
            decisions[id: dataset.rows[60].id] = .relabel("good")
            decisions[id: dataset.rows[61].id] = .keep
            decisions[id: "0000000000000000"] = .drop
            try decisions.write(to: url)
            #expect(try ReviewDecisions.read(url) == decisions)
            let (reviewed, counts) = try dataset.applying(decisions, path: "x")
            #expect((counts.kept, counts.dropped, counts.relabelled) == (1, 1, 1))
            #expect(reviewed.rows.count == dataset.rows.count - 1)
            #expect(reviewed.rows[59].gold == 1)
            #expect(!reviewed.rows.contains { $0.id == dataset.rows[3].id })
            try reviewed.validate(path: "x")

            decisions[id: dataset.rows[0].id] = .relabel("goood")
            #expect(throws: DataError.self) { try dataset.applying(decisions, path: "x") }
            try Data("{\"a\": 3}".utf8).write(to: url)
            let error = try #require(throws: DataError.self) { try ReviewDecisions.read(url) }
            #expect(error == .notReviews(path: url.path))
        }
    }

    @Test(arguments: ["reviews.csv", "reviews.jsonl"])
    func teamsGetTablesAndGiveThemBack(name: String) throws {
        let dataset = dataset
        try withTemporaryFolder { folder in
            let url = folder.appending(path: name)
            let items = ReviewQueue().items(of: dataset)
            var decisions = ReviewDecisions()
            decisions[id: items[0].id] = .drop
            decisions[id: items[1].id] = .relabel("bad")
            decisions[id: items[2].id] = .keep
            try ReviewTable.write(items, of: dataset, decisions: decisions, to: url)
            #expect(try ReviewTable.read(url, for: dataset) == decisions)
        }
    }

    @Test(arguments: [
        ("id,text,decision\n,no such text,keep\n", "no such text"), ("id,decision\n0123,keep\n", "0123"),
        ("text,decision\nhard to say what to think of this one,maybe\n", "maybe"),
        (
            "text,decision\nhard to say what to think of this one,drop\nhard to say what to think of this one,bad\n",
            "a row above has “drop”"
        ),
        ("text,label\nhard to say what to think of this one,good\n", "decision"),
    ])
    func tablesThatMakeNoSenseAreRefused(table: String, named: String) throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "reviews.csv")
            try Data(table.utf8).write(to: url)
            let error = try #require(throws: DataError.self) { try ReviewTable.read(url, for: dataset) }
            #expect("\(error)".contains(named))
        }
    }

    @Test func aTableNeedsNoMoreThanTextAndDecision() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "reviews.csv")
            try Data("text,decision\nhard to say what to think of this one,bad\n".utf8).write(to: url)
            let decisions = try ReviewTable.read(url, for: dataset)
            #expect(decisions[id: dataset.rows[61].id] == .relabel("bad"))
        }
    }

    @Test func datasetsOfNothingHaveNothingToReview() {
        #expect(ReviewQueue().items(of: TextDataset(labels: labels, rows: [])).isEmpty)
        let same = TextDataset(
            labels: labels, rows: (0..<20).map { _ in TextRow(text: "one line", source: .unlabelled) })
        #expect(ReviewQueue().items(of: same).count == 20)
    }
}
