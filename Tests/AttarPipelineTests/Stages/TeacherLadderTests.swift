import AttarData
import AttarPipeline
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite("Labels of one teacher or several")
struct TeacherLadderTests {
    /// Right for the most part and too sure of itself.
    private static func answers(models: [String], sure: Double = 0.97, right: Int = 80) -> FaultEndpointAnswers {
        FaultEndpointAnswers(
            models: models,
            tokens: { prompt in
                let text = prompt.components(separatedBy: "Text: ").last ?? ""
                let isRight = FaultEndpointAnswers.hash(text + models[0]) % 100 < UInt64(right)
                let isGood = text.contains("good") == isRight
                return [(isGood ? " good" : " bad", sure), (isGood ? " bad" : " good", 0.99 - sure)]
            },
            text: { prompt, seed in
                let text = prompt.components(separatedBy: "Text: ").last ?? ""
                return seed % 5 == 4 ? " not sure" : text.contains("good") ? " good" : " bad"
            })
    }

    private func rows(_ count: Int, from start: Int = 0) -> [(text: String, label: String)] {
        invented(count, label: { $0 % 2 == 0 ? "good" : "bad" }, from: start).map {
            ("\($0.label) \($0.text)", $0.label)
        }
    }

    private func fixture(_ labelled: Int, unlabelled: Int) throws -> StageFixture {
        let fixture = try StageFixture()
        try fixture.folder.write(csv(rows(labelled)), to: "recipes/train.csv")
        let texts = rows(unlabelled, from: 1000).map { "{\"text\": \"\($0.text)\"}\n" }.joined()
        try fixture.folder.write(texts, to: "recipes/pool.jsonl")
        return fixture
    }

    private func recipe(_ endpoint: FaultEndpoint, more: String = "") -> String {
        """
        attar: 1
        labels: [good, bad]
        data: {labelled: train.csv, unlabelled: pool.jsonl}
        teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, retries: 0}
        \(more)

        """
    }

    /// Calls about a text; the others found out what the endpoint does.
    private func asked(_ endpoint: FaultEndpoint) -> Int {
        endpoint.calls.count { String(decoding: $0.body, as: UTF8.self).contains("Text: ") }
    }

    @Test("A temperature fitted on right labels makes an overconfident teacher modest")
    func temperature() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"]))
        let fixture = try fixture(200, unlabelled: 40)
        _ = try await fixture.run(recipe(endpoint))
        let fitted = try #require(try fixture.dataset().teachers.first)
        #expect(fitted.method.contains("temperature"))
        let sure = stride(from: 0, to: fitted.probabilities.count, by: 2).map {
            max(fitted.probabilities[$0], fitted.probabilities[$0 + 1])
        }
        #expect(sure.allSatisfy { (0.7...0.9).contains($0) }, "right 80 times of 100")
        #expect(fitted.rung.allSatisfy { TeacherLabels.rungs[Int($0)] == "tokens" })
        #expect(fitted.massOutside.allSatisfy { abs($0 - 0.01) < 0.001 })
        let paid = endpoint.calls.count
        _ = try await fixture.run(recipe(endpoint), set: ["labelling.temperature-fit=false"])
        #expect(try fixture.dataset().teachers.first?.method == "label log-probabilities, prior-corrected")
        #expect(endpoint.calls.count == paid)
        try await endpoint.stop()
    }

    @Test("Without log-probabilities answers are sampled, and what is no label is a figure")
    func sampling() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"])) { request in
            String(decoding: request.body, as: UTF8.self).contains("logprobs") ? .noLogprobs : nil
        }
        let fixture = try fixture(30, unlabelled: 10)
        let record = try await fixture.run(recipe(endpoint))
        let teacher = try #require(try fixture.dataset().teachers.first)
        #expect(teacher.method.hasPrefix("sampled answers"))
        #expect(teacher.rung.allSatisfy { TeacherLabels.rungs[Int($0)] == "sampling" })
        // One of the seeds 1 to 5 says nothing useful.
        #expect(teacher.massOutside.allSatisfy { abs($0 - 0.2) < 1e-6 })
        #expect(record.count("labelled texts given their right label", in: .label) == 30)
        // Where log-probabilities are asked for, their lack stops the run.
        let failure = await fixture.failure(recipe(endpoint), set: ["labelling.method=tokens"])
        #expect(failure.contains("logprob") || failure.contains("log-prob"))
        try await endpoint.stop()
    }

    @Test("An endpoint that lists few log-probabilities is asked for no more")
    func capOnLogprobs() async throws {
        var answers = Self.answers(models: ["test-model"])
        answers.abilities.mostLogprobs = 5
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let fixture = try fixture(30, unlabelled: 10)
        let record = try await fixture.run(recipe(endpoint))
        #expect(record.count("calls the endpoint turned down", in: .label) == nil)
        #expect(try fixture.dataset().teachers.first?.method.hasPrefix("label log-probabilities") == true)
        let paid = asked(endpoint)
        _ = try await fixture.run(recipe(endpoint), named: "again")
        #expect(asked(endpoint) == paid)
        try await endpoint.stop()
    }

    @Test("Endpoints that are needed later are looked at before anything is paid")
    func laterEndpoints() async throws {
        let first = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"]))
        var without = FaultEndpointAnswers(models: ["vectors"])
        without.abilities.embeddingWidth = nil
        let vectors = try await FaultEndpoint.start(answers: without)
        let fixture = try fixture(30, unlabelled: 10)
        let embeddings = "embeddings: {endpoint: \"\(vectors.url.absoluteString)\", model: vectors, retries: 0}"
        let words = await fixture.failure(recipe(first, more: embeddings))
        #expect(words.contains("501"), "\(words)")
        let gone = "embeddings: {endpoint: \"http://127.0.0.1:9/v1\", model: vectors, retries: 0}"
        let unreachable = await fixture.failure(recipe(first, more: gone))
        #expect(unreachable.contains("embeddings.endpoint") && !unreachable.contains("teacher.endpoint"))
        let further = """
            further-teachers:
              - {endpoint: "http://127.0.0.1:9/v1", model: dear, retries: 0}
            """
        let dear = await fixture.failure(recipe(first, more: further))
        #expect(dear.contains("further-teachers[0].endpoint"))
        #expect(asked(first) == 0)
        for endpoint in [first, vectors] { try await endpoint.stop() }
    }

    @Test("What limits the first teacher limits the run")
    func limitOfAllTeachers() async throws {
        let first = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"]))
        let second = try await FaultEndpoint.start(answers: Self.answers(models: ["second"]))
        let more = "further-teachers: [{endpoint: \"\(second.url.absoluteString)\", model: second, asked: every}]"
        let fixture = try fixture(60, unlabelled: 20)
        let words = await fixture.failure(recipe(first, more: more), set: ["teacher.request-limit=130"])
        #expect(words.contains("request-limit"))
        #expect(first.calls.count + second.calls.count == 130)
        for endpoint in [first, second] { try await endpoint.stop() }
    }

    @Test("Disputed texts alone go to the dearer teacher; means are weighted")
    func severalTeachers() async throws {
        let cheap = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"], right: 75))
        let second = try await FaultEndpoint.start(answers: Self.answers(models: ["second"], right: 80))
        let dear = try await FaultEndpoint.start(answers: Self.answers(models: ["dear"], right: 100))
        let more = """
            further-teachers:
              - {endpoint: "\(second.url.absoluteString)", model: second, asked: every}
              - {endpoint: "\(dear.url.absoluteString)", model: dear, asked: disputed}
            labelling: {unsure-below: 0}
            """
        let fixture = try fixture(200, unlabelled: 60)
        let record = try await fixture.run(recipe(cheap, more: more))
        let dataset = try fixture.dataset()
        #expect(dataset.teachers.map(\.name) == ["test-model", "second", "dear"])
        let disputed = try #require(record.count("disputed texts", in: .label))
        // One of two is wrong on every third row or so.
        #expect(disputed > 40 && disputed < 160)
        #expect(asked(dear) == disputed && asked(second) == 260 && asked(cheap) == 260)
        #expect(dataset.teachers[2].rung.count { $0 != 0 } <= disputed)
        #expect(dataset.teachers[1].weight > 0)
        // Where the dear one was asked it has a say; elsewhere the others agree.
        let sums = dataset.rows.indices.map { dataset.teacherMean(of: $0)?.reduce(0, +) ?? 0 }
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-4 })
        for endpoint in [cheap, second, dear] { try await endpoint.stop() }
    }

    @Test("Personal data is out of everything that is sent or stored")
    func scrubbing() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"]))
        let fixture = try fixture(30, unlabelled: 10)
        let secret = "jane@mail.example"
        let texts = rows(30).map { (text: "\($0.text) ask \(secret) or TCK-77", label: $0.label) }
        try fixture.folder.write(csv(texts), to: "recipes/train.csv")
        let more =
            "privacy: {scrub: [email, card], patterns: {ticket: 'TCK-[0-9]+'}}\n"
            + "labelling: {examples: [{text: \"good, says \(secret)\", label: good}]}"
        let record = try await fixture.run(recipe(endpoint, more: more))
        #expect(record.count("scrubbed: email", in: .data) == 30)
        #expect(record.count("scrubbed: ticket", in: .data) == 30)
        #expect(record.count("scrubbed: card", in: .data) == 0)
        #expect(try fixture.dataset().rows.count { $0.text.hasSuffix("ask [EMAIL] or [TICKET]") } == 30)
        #expect(endpoint.calls.allSatisfy { !String(decoding: $0.body, as: UTF8.self).contains(secret) })
        for name in ["runs/ledger.sqlite", "runs/ledger.sqlite-wal", "runs/run/dataset.h5", "runs/run/stages/texts.h5"]
        {
            guard let bytes = try? Data(contentsOf: fixture.folder.url.appending(path: name)) else { continue }
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
        }
        #expect(
            problems(recipe(endpoint, more: "privacy: {patterns: {bad: '('}}")).contains {
                $0.contains("regular expression")
            })
        try await endpoint.stop()
    }

    @Test(
        "Unlabelled texts come from CSV, JSON Lines, plain lines or HDF5 alike",
        arguments: ["csv", "jsonl", "txt", "h5"])
    func pools(_ kind: String) async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"]))
        let fixture = try fixture(30, unlabelled: 1)
        let texts = rows(20, from: 500).map(\.text)
        let file = fixture.folder.url.appending(path: "recipes/pool.\(kind)")
        switch kind {
        case "csv": try Data(("text\n" + texts.joined(separator: "\n")).utf8).write(to: file)
        case "jsonl": try Data(texts.map { "{\"text\": \"\($0)\"}\n" }.joined().utf8).write(to: file)
        case "txt": try Data((texts.joined(separator: "\n\n") + "\n").utf8).write(to: file)
        default:
            let rows = texts.map { TextRow(text: $0, source: .unlabelled) }
            try DatasetFile.write(TextDataset(labels: ["x", "y"], rows: rows), to: file)
        }
        let record = try await fixture.run(
            recipe(endpoint).replacingOccurrences(of: "pool.jsonl", with: "pool.\(kind)"))
        #expect(record.count("unlabelled texts", in: .data) == 20)
        #expect(Set(try fixture.dataset().rows.filter { $0.source == .unlabelled }.map(\.text)) == Set(texts))
        try await endpoint.stop()
    }

    @Test("Nearest examples are right rows, never the text itself, and never held-out ones")
    func nearestExamples() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers(models: ["test-model"]))
        let fixture = try fixture(60, unlabelled: 10)
        _ = try await fixture.run(recipe(endpoint), set: ["labelling.nearest-examples=3"])
        let prompts = endpoint.calls.compactMap { call in
            (try? JSONSerialization.jsonObject(with: call.body) as? [String: Any])?["prompt"] as? String
        }.filter { $0.contains("Text: ") }
        #expect(prompts.count == 70)
        for prompt in prompts {
            let texts = prompt.components(separatedBy: "Text: ").dropFirst().map { $0.components(separatedBy: "\n")[0] }
            #expect(texts.count == 4 && Set(texts).count == 4)
        }
        try await endpoint.stop()
    }

    @Test("Vectors of an embedding model are columns of the dataset, in the order of its rows, and paid for once")
    func embeddings() async throws {
        let endpoint = try await FaultEndpoint.start(answers: FaultEndpointAnswers(models: ["minilm"]))
        let fixture = try StageFixture()
        try fixture.folder.write(csv(rows(90)), to: "recipes/train.csv")
        let text = """
            attar: 1
            data: {labelled: train.csv}
            embeddings: {endpoint: "\(endpoint.url.absoluteString)", model: minilm, batch: 7, retries: 0}

            """
        let record = try await fixture.run(text)
        #expect(record.count("texts embedded", in: .dataset) == 90)
        let dataset = try fixture.dataset()
        let embeddings = try #require(dataset.embeddings.first)
        #expect(embeddings.model == "minilm" && embeddings.dimension == 4)
        for (row, text) in dataset.rows.map(\.text).enumerated() {
            let expected = (0..<4).map { Float(Double(FaultEndpointAnswers.hash(text + "#\($0)") % 20001) / 10000 - 1) }
            #expect(Array(embeddings.values[row * 4..<row * 4 + 4]) == expected)
        }
        let calls = endpoint.served.count { $0.path.hasSuffix("embeddings") }
        #expect(calls == 13)
        try FileManager.default.removeItem(at: fixture.folder.url.appending(path: "runs/run"))
        _ = try await fixture.run(text)
        #expect(endpoint.served.count { $0.path.hasSuffix("embeddings") } == calls)
        #expect(try fixture.dataset().embeddings == dataset.embeddings)
        try await endpoint.stop()
    }

    @Test("A fragment of a recipe is the same as its keys set one by one")
    func fragments() throws {
        let folder = try TemporaryFolder()
        let fragment =
            "teacher: {prompt-form: chat}\nlabelling:\n  shortlist: 5\n  examples:\n    - {text: \"a \\\"b\\\": c\", label: bad}\n"
        try folder.write(fragment, to: "tuned.yaml")
        let overrides = try RecipeFragment.overrides(path: "tuned.yaml", workingFolder: folder.url)
        let text =
            "attar: 1\nlabels: [good, bad]\ndata: {labelled: a.csv}\nteacher: {endpoint: 'http://localhost/v1', model: m}\n"
        let recipe = try decode(text, set: overrides).recipe
        #expect(recipe.teacher?.promptForm == .chat && recipe.labelling.shortlist == 5)
        #expect(recipe.labelling.examples.map(\.text) == ["a \"b\": c"])
        try folder.write("- 1", to: "list.yaml")
        #expect(throws: RecipeError.self) { try RecipeFragment.overrides(path: "list.yaml", workingFolder: folder.url) }
    }
}
