import AttarData
import AttarPipeline
import AttarTeacher
import Testing

@Suite("Rounds over a pool")
struct LabelRoundsTests {
    private func recipe(_ rounds: String, labels: String = "[good, bad]", more: String = "") throws -> Recipe {
        try decode(
            """
            attar: 1
            labels: \(labels)
            data: {unlabelled: pool.txt}
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m}
            student: {buckets: 512, width: 8}
            train: {epochs: 2}
            rounds: \(rounds)
            \(more)
            """
        ).recipe
    }

    private func dataset(_ texts: [String]) -> TextDataset {
        TextDataset(labels: ["good", "bad"], rows: texts.map { TextRow(text: $0, source: .unlabelled) })
    }

    private static let pool = invented(200, label: { _ in "" }).enumerated().map { index, row in
        row.text + (index % 3 == 0 ? " wonderful" : " dreadful")
    }

    /// Runs with an oracle; the rows asked about, batch by batch.
    private func run(
        _ rounds: inout LabelRounds, _ dataset: TextDataset, label: (Int) -> Int?, failsAt: Int? = nil
    ) async throws -> [[Int]] {
        var dataset = dataset
        var probabilities = [Float](repeating: .nan, count: dataset.rows.count * 2)
        var batches: [[Int]] = []
        try await rounds.run { rows in
            if batches.count == failsAt {
                throw TeacherError.budgetReached(.requests, Budget(requests: 1), spent: Amount(), done: 0, total: 1)
            }
            batches.append(rows)
            for row in rows {
                guard let label = label(row) else { continue }
                (probabilities[2 * row], probabilities[2 * row + 1]) = label == 0 ? (1, 0) : (0, 1)
            }
            dataset.teachers = [TeacherLabels(name: "m", method: "oracle", probabilities: probabilities)]
            let asked = batches.joined().count
            return LabelRounds.Answers(dataset: dataset, cost: Double(asked), rows: asked)
        } tell: { _ in
        }
        return batches
    }

    private func rounds(_ recipe: Recipe, _ dataset: TextDataset, heldOut: [String] = []) throws -> LabelRounds {
        try LabelRounds(recipe, #require(recipe.rounds), dataset: dataset, heldOut: Fingerprint(heldOut: heldOut))
    }

    @Test("The same recipe and answers make the same rounds; no text is asked about twice; another seed draws others")
    func deterministic() async throws {
        let data = dataset(Self.pool)
        let text = "{first: 20, batch: 25, most: 100, validation: 20}"
        func batches(_ text: String) async throws -> [[Int]] {
            var rounds = try rounds(recipe(text), data)
            let batches = try await run(&rounds, data) { $0 % 3 == 0 ? 0 : 1 }
            #expect(rounds.asked == Array(batches.joined()))
            return batches
        }
        let first = try await batches(text)
        #expect(try await batches(text) == first)
        #expect(first.map(\.count) == [40, 25, 25, 10])
        #expect(Set(first.joined()).count == 100)
        #expect(try await batches(text.replacing("{", with: "{seed: 2, ")) != first)
    }

    @Test("Held-out texts and near copies are not asked about")
    func clean() async throws {
        let data = dataset(Self.pool + Self.pool.prefix(30))
        var rounds = try rounds(
            recipe("{first: 20, batch: 200, validation: 20}"), data, heldOut: Array(Self.pool.suffix(10)))
        let asked = try await run(&rounds, data) { $0 % 2 }.joined()
        #expect(asked.count == 190)
        #expect(Set(asked).isDisjoint(with: 190..<230))
        #expect(rounds.contaminated == Array(190..<200))
        #expect(rounds.copies == 30)
        #expect(rounds.rounds.last?.decision == .stops(.poolEmpty))
    }

    @Test("A pool of one repeated line: one text is asked about, and that is all")
    func repeatedLine() async throws {
        let data = dataset(Array(repeating: "the same line again", count: 50))
        var rounds = try rounds(recipe("{}"), data)
        #expect(try await run(&rounds, data) { _ in 0 } == [[0]])
        #expect(rounds.copies == 49)
        #expect(rounds.rounds.map(\.decision) == [.stops(.poolEmpty)])
    }

    @Test("A pool smaller than the first round is asked about as a whole")
    func smallPool() async throws {
        let data = dataset(Array(Self.pool.prefix(30)))
        var rounds = try rounds(recipe("{first: 100}"), data)
        let batches = try await run(&rounds, data) { $0 % 3 == 0 ? 0 : 1 }
        #expect(batches.count == 1 && batches[0].count == 30)
    }

    @Test("Where the first texts all have one label, the next ones are drawn by chance, and that is said")
    func oneLabel() async throws {
        let data = dataset(Self.pool)
        var rounds = try rounds(recipe("{first: 20, batch: 30, most: 130, validation: 20}"), data)
        let first = Set(rounds.firstRows)
        _ = try await run(&rounds, data) { first.contains($0) ? 0 : $0 % 2 }
        #expect(rounds.rounds.first?.remark?.contains("drawn by chance") == true)
        #expect(rounds.rounds.dropFirst().allSatisfy { $0.remark == nil })
        #expect(rounds.asked.count == 130)
    }

    @Test("A teacher that names no label stops the rounds at once")
    func noAnswers() async throws {
        let data = dataset(Self.pool)
        var rounds = try rounds(recipe("{first: 20, validation: 20}"), data)
        await #expect(throws: RoundsError.noAnswers(asked: 40, teacher: "m")) {
            _ = try await run(&rounds, data) { _ in nil }
        }
        let kept = Set(rounds.firstRows)
        var later = try self.rounds(recipe("{first: 20, validation: 20}"), data)
        _ = try await run(&later, data) { kept.contains($0) ? $0 % 2 : nil }
        #expect(later.rounds.map(\.decision) == [.goesOn, .stops(.noAnswers)])
    }

    @Test("A limit of the teacher in a later round ends them with what is there; in the first one it stops the run")
    func limit() async throws {
        let data = dataset(Self.pool)
        var rounds = try rounds(recipe("{first: 20, batch: 20, validation: 20}"), data)
        let batches = try await run(&rounds, data, label: { $0 % 2 }, failsAt: 2)
        #expect(rounds.asked == Array(batches.joined()))
        #expect(rounds.rounds.last?.decision == .stops(.teacherLimit))
        var first = try self.rounds(recipe("{first: 20, validation: 20}"), data)
        await #expect(throws: TeacherError.self) { _ = try await run(&first, data, label: { $0 % 2 }, failsAt: 0) }
    }

    @Test(
        "A budget for fewer texts than labels is refused before anything is asked",
        arguments: [
            ("{}", "request-limit=2", "teacher.request-limit"),
            ("{price-per-label: 2}", "cost-limit=5", "teacher.cost-limit"),
        ])
    func smallBudget(rounds section: String, limit: String, key: String) throws {
        let loaded = try decode(
            """
            attar: 1
            labels: [a, b, c]
            data: {unlabelled: pool.txt}
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m, price-per-million-input-tokens: 1}
            rounds: \(section)
            """, set: ["teacher.\(limit)"])
        var data = dataset(Self.pool)
        data.labels = ["a", "b", "c"]
        #expect(throws: RoundsError.fewerThanLabels(key: key, rows: 2, labels: 3)) { try rounds(loaded.recipe, data) }
        #expect("\(RoundsError.fewerThanLabels(key: key, rows: 2, labels: 3))".contains("Nothing was sent"))
    }

    @Test("What is learned at once is not worth more labels; a dear point is")
    func worth() async throws {
        let data = dataset(
            invented(600, label: { _ in "" }).enumerated().map { index, row in
                String(repeating: index % 2 == 0 ? "wonderful " : "dreadful ", count: 4) + row.text
            })
        func asked(_ worth: String) async throws -> (Int, LabelRound.Decision?) {
            var rounds = try rounds(
                recipe("{first: 40, batch: 30, validation: 100, price-per-label: 1, worth-per-point: \(worth)}"), data)
            // One text in eight is not what it seems: there is always something left to learn.
            _ = try await run(&rounds, data) { $0 % 16 == 3 || $0 % 16 == 8 ? 1 - $0 % 2 : $0 % 2 }
            return (rounds.asked.count, rounds.rounds.last?.decision)
        }
        let cheap = try await asked("1")
        #expect(cheap.1 == .stops(.notWorth))
        #expect(cheap.0 < 400)
        let dear = try await asked("100000000")
        #expect(dear.1 == .stops(.poolEmpty))
        #expect(dear.0 == 600)
    }

    @Test("Rows with right labels judge where there are enough")
    func goldJudges() async throws {
        var data = dataset(Self.pool)
        for row in 0..<60 { (data.rows[row].source, data.rows[row].gold) = (.labelled, row % 3 == 0 ? 0 : 1) }
        let loaded = try recipe("{first: 20, batch: 50, validation: 25}")
        var rounds = try rounds(loaded, data)
        #expect(rounds.hasGoldJudges && rounds.judges.count == 25)
        #expect(rounds.judges.allSatisfy { $0 < 60 })
        let asked = try await run(&rounds, data) { $0 % 3 == 0 ? 0 : 1 }.joined()
        #expect(asked.allSatisfy { $0 >= 60 } && asked.count == 140)
    }
}
