import AttarData
import AttarPipeline
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite("Labels that the teacher cannot write")
struct HopelessLabelTests {
    private static let labels = ["alpha", "beta", "gone"]

    /// Texts have their label's own word in them, but those of “gone” are what `gone` says; labels are told by that word.
    private static func answers(
        gone: @escaping @Sendable (_ number: Int) -> String
    ) -> FaultEndpointAnswers {
        FaultEndpointAnswers(
            tokens: { prompt in
                let asked = prompt.components(separatedBy: "Text: ").last ?? ""
                let found = labels.first { asked.contains($0 + "word") } ?? "beta"
                return labels.map { (" " + $0, $0 == found ? 0.9 : 0.05) }
            },
            text: { prompt, seed in
                let wanted = (prompt.components(separatedBy: "Label: ").last ?? "").prefix { $0.isLetter }
                let number = Int(FaultEndpointAnswers.hash(prompt + "#\(seed)") % 999_983)
                return " " + (wanted == "gone" ? gone(number) : "This \(wanted)word thing has number \(number).")
            })
    }

    private static let refuses: @Sendable (Int) -> String = {
        $0 % 5 == 0 ? "As an AI, I will not say \($0)." : "I'm sorry, but I can't write that."
    }

    private func recipe(_ endpoint: FaultEndpoint, texts: Int, _ synthesis: String = "") -> String {
        """
        attar: 1
        labels: [alpha, beta, gone]
        teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, retries: 1}
        labelling: {prior-correction: false}
        synthesis:
          texts: \(texts)
          attributes: {product: [kettle, tent, router], mood: [calm, cross]}
        \(synthesis.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))

        """
    }

    /// What was asked for texts of a label.
    private func asked(_ endpoint: FaultEndpoint, for label: String) -> Int {
        endpoint.calls.count { call in
            let body = String(decoding: call.body, as: UTF8.self)
            return body.contains("Product: ") && body.contains("Label: \(label)\\nText:")
        }
    }

    /// Calls that a further start of the run would send.
    private func open(_ fixture: StageFixture) async throws -> Int {
        let loaded = try LoadedRecipe(
            path: fixture.folder.url.appending(path: "recipes/recipe.yaml").path, overrides: [],
            workingFolder: fixture.folder.url, environment: [:])
        return try await RunPlan(loaded, in: fixture.folder.run()).lines.reduce(0) { $0 + $1.coverage.open }
    }

    private func notes(_ record: RunRecord, _ stage: StageName) -> [String] { record[stage]?.report?.notes ?? [] }

    @Test("A label that is always refused is not paid to its end; the others go on, and it is said")
    func refused() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(gone: Self.refuses))
        let fixture = try StageFixture()
        let record = try await fixture.run(recipe(endpoint, texts: 240))
        #expect(asked(endpoint, for: "gone") == 30)
        #expect(asked(endpoint, for: "alpha") == 80 && asked(endpoint, for: "beta") == 80)
        #expect(record.count("texts asked for", in: .generate) == 190)
        #expect(record.count("texts not asked for", in: .generate) == 50)
        let note = try #require(notes(record, .generate).first { $0.contains("“gone”") })
        #expect(note.contains("all 30") && note.contains("50"), "\(note)")
        // Two ways to refuse: each is shown once.
        #expect(note.components(separatedBy: "I'm sorry").count == 2 && note.contains("As an AI"), "\(note)")
        #expect(Set(try fixture.dataset().rows.compactMap(\.intended)) == [0, 1])
        #expect(try await open(fixture) == 0)
        try await endpoint.stop()
    }

    @Test("What is asked for does not depend on the order of answers, and a longer list begins with a shorter one")
    func sameBits() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(gone: Self.refuses))
        let fixture = try StageFixture()
        let hard = "hard-cases: 0.4"
        for (name, more) in [("one", ["concurrency=1"]), ("two", ["concurrency=16", "ledger=other.sqlite"])] {
            _ = try await fixture.run(
                recipe(endpoint, texts: 200, hard), set: more.map { "teacher." + $0 }, named: name)
        }
        let (one, two) = (fixture.folder.run("one"), fixture.folder.run("two"))
        #expect(try Data(contentsOf: one.datasetFile) == Data(contentsOf: two.datasetFile))
        // Of one ledger: the longer list pays for its own part alone, and again for nothing.
        let plain = try StageFixture()
        func generated(_ texts: Int) async throws -> [String] {
            _ = try await plain.run(recipe(endpoint, texts: texts), until: .generate, named: "run\(texts)")
            return try DatasetFile.read(plain.folder.run("run\(texts)").file("stages/generated.h5")).rows.map(\.text)
        }
        let short = try await generated(60)
        let long = try await generated(240)
        #expect(Array(long.prefix(short.count)) == short && long.count > short.count)
        let calls = endpoint.calls.count
        #expect(try await generated(60) == short)
        try await endpoint.stop()
        _ = try await plain.run(
            recipe(endpoint, texts: 240), set: ["teacher.offline=true"], until: .generate, named: "again")
        #expect(endpoint.calls.count == calls)
    }

    @Test("A label whose texts are all the same is not paid to its end; what is the same is shown once")
    func repeated() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { _ in "The goneword thing that everybody knows is here again." })
        // One of 30 is kept, none of the next 60.
        let record = try await StageFixture().run(recipe(endpoint, texts: 600), until: .generate)
        #expect(asked(endpoint, for: "gone") == 90)
        #expect(record.count("texts not asked for", in: .generate) == 110)
        let note = try #require(notes(record, .generate).first { $0.contains("“gone”") })
        #expect(note.contains("89 of 90"), "\(note)")
        #expect(note.components(separatedBy: "goneword thing").count == 2, "\(note)")
        try await endpoint.stop()
    }

    @Test("Where no two labels are left, the run stops with what came back")
    func nothingLeft() async throws {
        var answers = Self.answers(gone: Self.refuses)
        answers.text = { _, _ in " I'm sorry, but I can't write that." }
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let found = await (try StageFixture()).failure(recipe(endpoint, texts: 300))
        for label in Self.labels { #expect(found.contains("“\(label)”"), "\(found)") }
        #expect(found.contains("all 30 answers are the same") && found.contains("I'm sorry"), "\(found)")
        #expect(Self.labels.map { asked(endpoint, for: $0) } == [30, 30, 30])
        try await endpoint.stop()
    }

    @Test("Texts that the teacher takes for other labels are not all put to it")
    func drifting() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: Self.answers { "This alphaword thing has the other number \($0)." })
        let fixture = try StageFixture()
        let record = try await fixture.run(recipe(endpoint, texts: 240))
        #expect(record.count("texts asked about", in: .label) == 190)
        #expect(record.count("generated texts not asked about", in: .label) == 50)
        #expect(notes(record, .label).contains { $0.contains("“gone”") && $0.contains("30") && $0.contains("50") })
        #expect(notes(record, .dataset).contains { $0.contains("“gone”") && $0.contains("alphaword") })
        #expect(record.count("dropped: without a label", in: .dataset) == nil)
        #expect(try await open(fixture) == 0)
        // Where such texts are wanted, all are.
        let soft = try await fixture.run(recipe(endpoint, texts: 240, "keep: soft"))
        #expect(soft.count("texts asked about", in: .label) == 240)
        try await endpoint.stop()
    }
}
