import AttarData
import AttarPipeline
import AttarTestSupport
import Foundation
import Testing

@Suite("Generated data")
struct GenerationDataTests {
    /// Follows the prompt: the label's own word is in every text, and labels are told by it.
    private static func answers(
        text: @escaping @Sendable (_ label: String, _ number: Int) -> String = {
            "This \($0)word thing has number \($1)."
        }
    ) -> FaultEndpointAnswers {
        FaultEndpointAnswers(
            tokens: { prompt in
                let asked = prompt.components(separatedBy: "Text: ").last ?? ""
                let isPositive = asked.contains("positiveword")
                return [(" positive", isPositive ? 0.9 : 0.1), (" negative", isPositive ? 0.1 : 0.9)]
            },
            text: { prompt, seed in
                let wanted = prompt.components(separatedBy: "Label: ").last ?? ""
                let number = Int(FaultEndpointAnswers.hash(prompt + "#\(seed)") % 999_983)
                return " " + text(wanted.hasPrefix("positive") ? "positive" : "negative", number)
            })
    }

    private func recipe(_ endpoint: FaultEndpoint, data: String = "{}", _ synthesis: String = "", texts: Int = 40)
        -> String
    {
        """
        attar: 1
        labels: [positive, negative]
        data: \(data)
        teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, retries: 1}
        labelling: {prior-correction: false}
        synthesis:
          texts: \(texts)
          attributes: {product: [kettle, tent, router], mood: [calm, cross]}
        \(synthesis.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))

        """
    }

    private func notes(_ record: RunRecord, _ stage: StageName) -> [String] { record[stage]?.report?.notes ?? [] }

    @Test("The same recipe and ledger give the same dataset, whatever the concurrency")
    func sameBits() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let fixture = try StageFixture()
        try fixture.folder.write(csv(invented(20) { $0 % 2 == 0 ? "positive" : "negative" }), to: "train.csv")
        let text = recipe(
            endpoint, data: "{labelled: ../train.csv}",
            "hard-cases: 0.4\nnoise: {typos: 0.3, casing: 0.2, fragments: 0.1}")
        for (name, more) in [("one", ["concurrency=1"]), ("two", ["concurrency=16", "ledger=other.sqlite"])] {
            _ = try await fixture.run(text, set: more.map { "teacher." + $0 }, named: name)
        }
        try await endpoint.stop()
        _ = try await fixture.run(text, set: ["teacher.offline=true"], named: "three")
        let files = try ["one", "two", "three"].map { try Data(contentsOf: fixture.folder.run($0).datasetFile) }
        #expect(files[0] == files[1] && files[0] == files[2])
        let dataset = try fixture.dataset("one")
        #expect(dataset.rows.contains { $0.isHardCase } && dataset.rows.contains { $0.isNoisy })
    }

    @Test("Rows keep what they were asked to be, and the grid's coverage is told")
    func attributes() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let fixture = try StageFixture()
        _ = try await fixture.run(recipe(endpoint, "openings: [\"My {product}\"]"))
        let rows = try fixture.dataset().rows
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(["kettle", "tent", "router"].contains(row.attributes["product"]))
            #expect(row.attributes[TextRow.Mark.opening] == "My {product}")
            #expect(row.text.hasPrefix("My \(row.attributes["product"]!)"))
        }
        let figures = try JSONDecoder().decode(
            DiversityFigures.self, from: Data(contentsOf: fixture.folder.run().file("stages/diversity.json")))
        let cells = try #require(figures.grid?.cells)
        #expect(cells.covered == 12 && cells.possible == 12)
        #expect(figures.texts == rows.count)
        try await endpoint.stop()
    }

    @Test("An empty opening leaves the beginning to the teacher, and counts as a value of the grid")
    func noOpening() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let fixture = try StageFixture()
        _ = try await fixture.run(recipe(endpoint, "openings: [\"\", \"My {product}\"]", texts: 60))
        let rows = try fixture.dataset().rows
        let free = rows.filter { $0.attributes[TextRow.Mark.opening] == nil }
        #expect(free.count > 20 && free.allSatisfy { $0.text.hasPrefix("This ") })
        #expect(rows.count - free.count > 20)
        #expect(
            bodies(endpoint).contains { $0.contains("Text:\"") }
                && !bodies(endpoint).contains { $0.contains("Text: \"") })
        let figures = try JSONDecoder().decode(
            DiversityFigures.self, from: Data(contentsOf: fixture.folder.run().file("stages/diversity.json")))
        #expect(figures.grid?.values.covered == 14 && figures.grid?.values.possible == 14)
        try await endpoint.stop()
    }

    // MARK: Seeds

    private func fixture(labelled: String, heldOut: String? = nil) throws -> StageFixture {
        let fixture = try StageFixture()
        try fixture.folder.write("text,label\n" + labelled, to: "train.csv")
        if let heldOut { try fixture.folder.write("text,label\n" + heldOut, to: "heldout.csv") }
        return fixture
    }

    private func bodies(_ endpoint: FaultEndpoint) -> [String] {
        endpoint.calls.map { String(decoding: $0.body, as: UTF8.self) }.filter { $0.contains("Product: ") }
    }

    @Test("Labelled texts are shown, others each time; one is enough, and fixed examples take their place")
    func seeds() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let one = try fixture(labelled: "The only seed of all here,positive\n")
        let alone = try await one.run(recipe(endpoint, data: "{labelled: ../train.csv}"), until: .generate)
        #expect(notes(alone, .generate).contains { $0.contains("the same labelled text:") })
        #expect(bodies(endpoint).count == 40)
        #expect(bodies(endpoint).allSatisfy { $0.contains("The only seed of all here") })
        let fixed = "examples: [{text: A fixed example of ours, label: positive}]"
        _ = try await one.run(recipe(endpoint, data: "{labelled: ../train.csv}", fixed), until: .generate)
        #expect(
            bodies(endpoint).dropFirst(40).allSatisfy {
                !$0.contains("The only seed") && $0.contains("A fixed example")
            })
        try await endpoint.stop()
    }

    @Test("Seeds that contradict one another, or are held out, are said and not shown")
    func badSeeds() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let fixture = try fixture(
            labelled: """
                a kettle that sings every morning,positive
                A kettle that sings every morning!,negative
                the ladder wobbled but it held me,positive
                nobody at the counter knew my name,negative

                """,
            heldOut: "Nobody at the counter knew my name,negative\nsomething else altogether here,positive\n")
        let text = recipe(endpoint, data: "{labelled: ../train.csv, held-out: ../heldout.csv}")
        let record = try await fixture.run(text, until: .generate)
        #expect(record.count("seeds left out: contradicting", in: .generate) == 2)
        #expect(record.count("seeds left out: known to the held-out fingerprint", in: .generate) == 1)
        let id = TextRow.id(of: "a kettle that sings every morning")
        #expect(notes(record, .generate).contains { $0.contains(id) && $0.contains("negative") })
        #expect(bodies(endpoint).allSatisfy { $0.contains("the ladder wobbled") })
        #expect(bodies(endpoint).allSatisfy { !$0.contains("sings") && !$0.contains("counter") })
        try await endpoint.stop()
    }

    @Test("Seeds that are all held out stop the run before anything is sent")
    func heldOutSeeds() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let fixture = try fixture(
            labelled: "nobody at the counter knew my name,negative\n",
            heldOut: "Nobody at the counter knew my name,negative\nsomething else altogether here,positive\n")
        let found = await fixture.failure(
            recipe(endpoint, data: "{labelled: ../train.csv, held-out: ../heldout.csv}"))
        #expect(found.contains("train.csv") && found.contains("all of them in it"), "\(found)")
        #expect(found.contains("synthesis.seed-examples=0") && !found.contains("hard-cases"), "\(found)")
        // The advice is enough, with hard cases too: these would change the seeds.
        let hard = ["synthesis.hard-cases=0.3", "synthesis.seed-examples=0"]
        let still = await fixture.failure(
            recipe(endpoint, data: "{labelled: ../train.csv, held-out: ../heldout.csv}"), set: hard)
        #expect(still.contains("synthesis.seed-examples=0 and synthesis.hard-cases=0"), "\(still)")
        #expect(endpoint.served.isEmpty)
        try await endpoint.stop()
    }

    // MARK: Filters

    @Test(
        "Each filter drops what it is for before it is labelled, is counted, and is off by one key",
        arguments: [
            ("format", "**A bold thing** with number", "not one plain line of text"),
            ("language", "Das ist nicht gut und wird sehr schlecht mit der Nummer", "another language or script"),
            ("length", String(repeating: "so very long ", count: 40), "too short or too long"),
            (
                "prompt-echo", "the parcel must be told about in a friendly way",
                "repeats the prompt or an example"
            ),
            ("exact-duplicates", "", "the same as a text before it"),
            (
                "near-duplicates",
                "one long text about the same thing of every day, written by nobody in particular, again with one other word",
                "nearly the same"
            ),
        ])
    func filters(key: String, flawed: String, meaning: String) async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { label, number in
                // Every third one has the flaw.
                if number % 3 != 0 { return "This \(label)word thing came with the number \(number) and it was fine." }
                return key == "exact-duplicates" ? "The \(label)word itself." : "\(flawed) \(label)word \(number)."
            })
        let fixture = try StageFixture()
        let own = (0..<24).map {
            "\"There was the matter of the \($0) with this and not that, they have said\",positive\n"
        }
        try fixture.folder.write("text,label\n" + own.joined(), to: "train.csv")
        let text = recipe(
            endpoint, data: "{labelled: ../train.csv}",
            "instruction: \"Say that the parcel must be told about in a friendly way\"\nseed-examples: 0")
        let record = try await fixture.run(text, until: .generate)
        let counts = record[.generate]?.report?.counts ?? []
        let dropped = try #require(
            counts.first { $0.name.hasPrefix("rejected: ") && $0.name.contains(meaning) }?.value, "\(counts)")
        #expect(dropped >= 4)
        let written = try #require(record.count("texts written", in: .generate))
        #expect(written + counts.filter { $0.name.hasPrefix("rejected: ") }.reduce(0) { $0 + $1.value } == 40)
        let paid = endpoint.calls.count
        // Exact copies are near ones, too.
        let keys = key == "exact-duplicates" ? [key, "near-duplicates"] : [key]
        let off = try await fixture.run(text, set: keys.map { "synthesis.filters.\($0)=false" }, until: .generate)
        #expect(off.count("texts written", in: .generate) == written + dropped)
        #expect(endpoint.calls.count == paid)
        try await endpoint.stop()
    }

    @Test("Near copies and the balance of labels are switched in the dataset stage, too")
    func datasetFilters() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { label, number in
                label == "positive" && number % 3 == 0
                    ? "A \(label)word thing of which there is always the same again, it is \(number % 2)."
                    : "This \(label)word \(number) is \(label) number \(number)."
            })
        let fixture = try StageFixture()
        let text = recipe(endpoint)
        let kept = try #require(try await fixture.run(text).count("texts kept", in: .dataset))
        let all = ["exact-duplicates", "near-duplicates"].map { "synthesis.filters.\($0)=false" }
        let loose = try #require(try await fixture.run(text, set: all).count("texts kept", in: .dataset))
        #expect(loose == 40 && kept < 40)
        let balanced = try await fixture.run(text, set: ["synthesis.filters.label-ratio=1"])
        let dataset = try fixture.dataset()
        #expect((balanced.count("dropped: more of their label than the balance allows", in: .dataset) ?? 0) > 0)
        let positive = dataset.rows.indices.count { dataset.label(of: $0) == 0 }
        #expect(2 * positive == dataset.rows.count)
        try await endpoint.stop()
    }

    @Test("A quick model names texts whose label the others contradict, where it is asked")
    func outliers() async throws {
        var answers = Self.answers { label, number in
            "\(label)word \(label)mood \(label)place \(label)day \(label)end \(number)."
        }
        // Wrong about one text in ten.
        answers.tokens = { prompt in
            let asked = prompt.components(separatedBy: "Text: ").last ?? ""
            let isWrong = FaultEndpointAnswers.hash(asked) % 10 == 0
            return asked.contains("positiveword") != isWrong
                ? [(" positive", 0.9), (" negative", 0.1)] : [(" negative", 0.9), (" positive", 0.1)]
        }
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let fixture = try StageFixture()
        let text = recipe(endpoint, "keep: soft", texts: 120)
        let all = try await fixture.run(text)
        func wrong() throws -> Int {
            let dataset = try fixture.dataset()
            return dataset.rows.indices.count { dataset.label(of: $0) != dataset.rows[$0].intended }
        }
        let before = try wrong()
        #expect(before > 5 && all.count("dropped: label implausible", in: .dataset) == nil)
        let checked = try await fixture.run(text, set: ["synthesis.filters.outliers=true"])
        #expect(checked.count("dropped: label implausible", in: .dataset) == before)
        #expect(try wrong() == 0)
        try await endpoint.stop()
    }

    @Test("Noise is added to training rows alone, with their labels")
    func noise() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers())
        let fixture = try StageFixture()
        let plain = try await fixture.run(recipe(endpoint))
        let before = try fixture.dataset().rows
        let record = try await fixture.run(recipe(endpoint, "noise: {typos: 1, casing: 0.5}"))
        let dataset = try fixture.dataset()
        #expect(Array(dataset.rows.prefix(before.count)) == before)
        let copies = dataset.rows.dropFirst(before.count)
        #expect(record.count("damaged copies added", in: .dataset) == copies.count)
        #expect(record.count("texts kept", in: .dataset) == plain.count("texts kept", in: .dataset))
        #expect(copies.allSatisfy { $0.split == .train && $0.source == .generated && $0.isNoisy })
        let texts = Set(before.map { $0.text.lowercased() })
        let casing = copies.filter { $0.attributes[TextRow.Mark.noise] == "casing" }
        #expect(!casing.isEmpty && casing.allSatisfy { texts.contains($0.text.lowercased()) })
        #expect(copies.count > casing.count)
        #expect(dataset.rows.indices.allSatisfy { dataset.label(of: $0) == dataset.rows[$0].intended })
        try await endpoint.stop()
    }

    // MARK: Labels that cannot be had

    @Test("A label that the teacher refuses is said with what came back")
    func refused() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { label, number in
                label == "negative" && number % 8 != 0
                    ? "I'm sorry, but I can't write that." : "This \(label)word thing has number \(number)."
            })
        let record = try await StageFixture().run(recipe(endpoint))
        #expect((record.count("rejected: the teacher refuses, or speaks of itself", in: .generate) ?? 0) > 10)
        #expect(
            notes(record, .generate).contains {
                $0.contains("“negative”") && $0.contains("I'm sorry, but I can't write")
            })
        try await endpoint.stop()
    }

    @Test("A label without any text stops the run before texts are labelled")
    func nothingWritten() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { label, number in
                label == "negative" ? "As an AI, I cannot say." : "This \(label)word thing has number \(number)."
            })
        let found = await (try StageFixture()).failure(recipe(endpoint))
        #expect(found.contains("no text of “negative”") && found.contains("As an AI"), "\(found)")
        #expect(bodies(endpoint).count == 40)
        try await endpoint.stop()
    }

    @Test("A label that the teacher itself takes for another one is said with examples; the others go on")
    func drifting() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { _, number in "This positiveword thing has number \(number)." })
        let fixture = try StageFixture()
        try fixture.folder.write(csv(invented(20) { _ in "negative" }), to: "train.csv")
        let record = try await fixture.run(recipe(endpoint, data: "{labelled: ../train.csv}"))
        #expect(
            notes(record, .dataset).contains {
                $0.contains("20 texts that the teacher wrote as “negative”") && $0.contains("positiveword thing")
            })
        try await endpoint.stop()
    }

    // MARK: Prompt form

    @Test("The form of prompts follows what the endpoint offers", arguments: ["completions", "chat/completions"])
    func automaticForm(offered: String) async throws {
        var answers = Self.answers()
        answers.abilities.forms = [offered]
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let fixture = try StageFixture()
        let record = try await fixture.run(recipe(endpoint), set: ["teacher.prompt-form=automatic"])
        let isChat = offered.hasPrefix("chat")
        #expect(notes(record, .generate).contains { $0.contains(isChat ? "as chat" : "as completion") })
        #expect(bodies(endpoint).allSatisfy { $0.contains("messages") == isChat })
        let calls = endpoint.calls.count
        // From the stored probe and the ledger alone.
        try await endpoint.stop()
        _ = try await fixture.run(recipe(endpoint), set: ["teacher.prompt-form=automatic", "synthesis.keep=soft"])
        #expect(endpoint.calls.count == calls)
    }

    // MARK: Recipes

    @Test(
        "What cannot be is refused in the recipe",
        arguments: [
            ("texts: 1", "synthesis.texts: 1 texts are fewer than the 2 labels"),
            (
                "exclude: [{mood: calm, product: kettel}]",
                "“kettel” is not one of the values of `product`; did you mean `kettle`?"
            ),
            ("exclude: [{mod: calm, product: kettle}]", "not one of synthesis.attributes; did you mean `mood`?"),
            ("exclude: [{mood: calm}]", "needs two attributes or more"),
            (
                "exclude: [{mood: calm, product: kettle}, {mood: calm, product: tent}, {mood: sad, product: kettle}, {mood: sad, product: tent}]",
                "leaves no combination of attributes for the label \"good\""
            ),
            ("confused: [[good, bda]]", "\"bda\" is not one of `labels`; did you mean \"bad\"?"),
            ("confused: [[good, good]]", "a label is not confused with itself"),
            ("seed-examples: 99", "synthesis.seed-examples: expected a whole number from 0 to 16"),
            ("filters: {formt: false}", "did you mean `format`?"),
            ("noise: {typos: 2}", "synthesis.noise.typos"),
        ])
    func refusedRecipes(line: String, message: String) {
        let found = problems(
            """
            attar: 1
            labels: [good, bad]
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m}
            synthesis:
              attributes: {product: [kettle, tent], mood: {good: [calm, sad], bad: [calm, angry]}}
              \(line)

            """)
        #expect(found.count == 1 && found.first?.contains(message) == true, "\(found)")
    }

    @Test("A limit of requests below the number of labels is said before anything is sent")
    func smallBudget() {
        let found = problems(
            """
            attar: 1
            labels: [a, b, c]
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m, request-limit: 2}
            synthesis: {}

            """)
        #expect(found.first?.contains("teacher.request-limit") == true, "\(found)")
        #expect(found.first?.contains("2 requests are fewer than the 3 labels") == true, "\(found)")
    }
}
