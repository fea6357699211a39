import AttarPipeline
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite("Plans, limits and recorded teachers")
struct TeacherMoneyTests {
    private func recipe(_ endpoint: URL, texts: Int = 40, teacher more: String = "") -> String {
        """
        attar: 1
        labels: [positive, negative]
        teacher:
          endpoint: \(endpoint.absoluteString)
          model: test-model
          price-per-million-input-tokens: 2
          price-per-million-output-tokens: 10
        \(more)
        synthesis: {texts: \(texts), instruction: Reviews of things.}

        """
    }

    private func plan(_ fixture: StageFixture, _ text: String) async throws -> RunPlan {
        try fixture.folder.write(text, to: "recipes/recipe.yaml")
        let loaded = try LoadedRecipe(
            path: fixture.folder.url.appending(path: "recipes/recipe.yaml").path, workingFolder: fixture.folder.url,
            environment: [:])
        return try await RunPlan(loaded, in: fixture.folder.run())
    }

    @Test("A plan sends nothing, holds what the run then pays, and knows what the ledger covers")
    func planned() async throws {
        let endpoint = try await FaultEndpoint.start()
        let fixture = try StageFixture()
        let before = try await plan(fixture, recipe(endpoint.url))
        #expect(endpoint.served.isEmpty)
        #expect(before.lines.map(\.stage) == [.generate, .label])
        #expect(before.lines.map(\.coverage.open) == [40, 40])
        #expect(before.lines.map(\.isExact) == [true, false])
        let record = try await fixture.run(recipe(endpoint.url), until: .label)
        #expect(record.count("requests paid", in: .generate) ?? 0 >= 40)

        let after = try await plan(fixture, recipe(endpoint.url))
        #expect(after.lines.map(\.coverage.open) == [0, 0])
        #expect(after.lines.map(\.coverage.recorded) == [40, 40])
        // Twice as many texts: half is covered, and the ledger's own ratio of tokens to bytes makes the interval narrow.
        let more = try await plan(fixture, recipe(endpoint.url, texts: 80))
        let line = try #require(more.lines.first)
        #expect(line.coverage.open == 40 && line.coverage.recorded == 40)
        let paid = Double(after.lines[0].coverage.recordedUsage.input)
        #expect(Double(line.inputTokens.lowerBound) > 0.7 * paid && Double(line.inputTokens.upperBound) < 1.3 * paid)
        #expect(more.text.contains { $0.contains("spent so far by this run") })
        try await endpoint.stop()
    }

    @Test("A plan knows the endpoint's rung, and asks for nothing that is done")
    func plannedAfterAProbe() async throws {
        let words: @Sendable (String, Int) -> String = { _, seed in seed % 2 == 0 ? " positive" : " negative" }
        let endpoint = try await FaultEndpoint.start(answers: FaultEndpointAnswers(text: words)) { request in
            String(decoding: request.body, as: UTF8.self).contains("logprobs") ? .noLogprobs : nil
        }
        let fixture = try StageFixture()
        let rows = invented(80) { $0 % 2 == 0 ? "positive" : "negative" }
        try fixture.folder.write(csv(rows), to: "recipes/train.csv")
        let others = invented(30, label: { $0 % 2 == 0 ? "positive" : "negative" }, from: 500)
        try fixture.folder.write(csv(others), to: "recipes/test.csv")
        let text = """
            attar: 1
            labels: [positive, negative]
            data: {labelled: train.csv, held-out: test.csv}
            teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, retries: 0}
            labelling: {samples: 3}
            train: {epochs: 1}

            """
        _ = try await fixture.run(text, until: .label)
        let planned = try await plan(fixture, text)
        // Three answers a text, in one call each: that is what the endpoint was found to do.
        #expect(planned.lines.map(\.stage) == [.label, .evaluate])
        #expect(planned.lines.map(\.coverage.open) == [0, 30] && planned.lines[0].coverage.recorded == 80)
        #expect(planned.done == [.data, .label])
        _ = try await fixture.run(text, until: .evaluate)
        let finished = try await plan(fixture, text)
        #expect(finished.lines.map(\.stage) == [.label] && finished.done.last == .evaluate)
        #expect(finished.text.contains { $0.hasPrefix("evaluate") && $0.contains("done") })
        // With the model made anew, the answers to the held-out texts are still there.
        let again = try await plan(fixture, text + "calibrate: {method: none}\n")
        #expect(again.lines.last?.coverage.recorded == 30 && again.lines.last?.coverage.open == 0)
        try await endpoint.stop()
    }

    @Test("Scoring may ask on, and a plan says how far")
    func plannedScoring() async throws {
        let text =
            recipe(try #require(URL(string: "http://127.0.0.1:9/v1")))
            + "labelling: {method: scoring, scoring-calls: 7}\n"
        let line = try #require(try await plan(try StageFixture(), text).lines.last)
        #expect(line.calls == 40...280 && !line.isExact)
        #expect(line.inputTokens.upperBound >= 7 * line.inputTokens.lowerBound)
    }

    @Test("A run pauses at its limit, stays there, and goes on when the limit is raised")
    func paused() async throws {
        let endpoint = try await FaultEndpoint.start()
        let fixture = try StageFixture()
        let text = recipe(endpoint.url)
        for _ in 0..<2 {
            let words = await fixture.failure(text, set: ["teacher.request-limit=30"])
            #expect(words.contains("Paused") && words.contains("teacher.request-limit") && words.contains("is kept"))
            #expect(endpoint.calls.count == 30)
        }
        let costly = await fixture.failure(text, set: ["teacher.cost-limit=0.002"])
        #expect(costly.contains("teacher.cost-limit"))
        let record = try await fixture.run(text)
        #expect(record.count("answers from the ledger", in: .generate) ?? 0 >= 20)
        let unbroken = try StageFixture()
        _ = try await unbroken.run(text)
        #expect(try fixture.dataset().rows == unbroken.dataset().rows)
        try await endpoint.stop()
    }

    @Test("A cost limit without prices is refused")
    func costWithoutPrices() async throws {
        let text = """
            attar: 1
            labels: [positive, negative]
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m, cost-limit: 5}
            synthesis: {texts: 4}

            """
        #expect(problems(text).contains { $0.contains("cost-limit") && $0.contains("price-per-million") })
    }

    @Test("teacher.offline sends nothing, and says what is missing")
    func offline() async throws {
        let endpoint = try await FaultEndpoint.start()
        let fixture = try StageFixture()
        let online = recipe(endpoint.url)
        let offline = recipe(endpoint.url, teacher: "  offline: true\n  api-key-env: NOT_SET_ANYWHERE")
        let words = await fixture.failure(offline)
        #expect(words.contains("40 of 40 answers are not in the recorded ledger"))
        #expect(endpoint.served.isEmpty)
        _ = try await fixture.run(online, named: "one")
        let served = endpoint.served.count
        _ = try await fixture.run(offline, named: "two")
        #expect(endpoint.served.count == served)
        #expect(
            try Data(contentsOf: fixture.folder.run("one").datasetFile)
                == Data(contentsOf: fixture.folder.run("two").datasetFile))
        try await endpoint.stop()
    }

    @Test("What an endpoint does is found out once and kept with the run")
    func probed() async throws {
        let endpoint = try await FaultEndpoint.start()
        let fixture = try StageFixture()
        _ = try await fixture.run(recipe(endpoint.url))
        let address = try #require(URL(string: endpoint.url.absoluteString))
        let probe = try #require(ProbeFile(fixture.folder.run()).probe(of: address, model: "test-model"))
        #expect(probe.completion?.logprobs?.most == 6)
        let probes = endpoint.calls.count
        _ = try await fixture.run(recipe(endpoint.url, texts: 44))
        #expect(endpoint.calls.count - probes <= 8, "four texts and their labels")
        try await endpoint.stop()
    }
}
