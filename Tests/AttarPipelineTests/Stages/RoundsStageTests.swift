import AttarData
import AttarEvaluation
import AttarPipeline
import AttarTestSupport
import Foundation
import Synchronization
import Testing

@Suite("Rounds in a run")
struct RoundsStageTests {
    /// Knows the mood by one word, and is never quite sure.
    private static let answers = FaultEndpointAnswers(
        tokens: { prompt in
            let share = 0.7 + 0.2 * Double(FaultEndpointAnswers.hash(prompt) % 997) / 997
            let isGlad = prompt.contains("joyful")
            return [(" positive", isGlad ? share : 1 - share), (" negative", isGlad ? 1 - share : share)]
        })

    private func recipe(_ endpoint: FaultEndpoint, rounds: String? = "{first: 20, batch: 15, most: 80, validation: 20}")
        -> String
    {
        """
        attar: 1
        labels: [positive, negative]
        data: {unlabelled: ../pool.txt}
        teacher:
          endpoint: \(endpoint.url.absoluteString)
          model: test-model
          retries: 1
          price-per-million-input-tokens: 1
        student: {buckets: 512, width: 8}
        train: {epochs: 3}
        labelling: {prior-correction: false}
        \(rounds.map { "rounds: \($0)" } ?? "")

        """
    }

    private func fixture(_ count: Int = 150) throws -> StageFixture {
        let fixture = try StageFixture()
        let lines = invented(count, label: { _ in "" }).enumerated().map { index, row in
            row.text + (index % 3 == 0 ? " joyful\n" : " gloomy\n")
        }
        try fixture.folder.write(lines.joined(), to: "pool.txt")
        return fixture
    }

    @Test("As many texts as allowed are asked about; the others are not paid for, and it is said")
    func counted() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try fixture()
        let record = try await fixture.run(recipe(endpoint), until: .train)
        #expect(record.count("texts asked about", in: .label) == 80)
        #expect(record.count("texts not asked about", in: .label) == 70)
        let dataset = try fixture.dataset()
        #expect(dataset.rows.count == 80)
        // Only rows drawn by chance judge and calibrate.
        #expect(dataset.rows.count { $0.split != .train } == 20)
        let notes = (record[.label]?.report?.notes ?? []).filter { $0.hasPrefix("Round") }
        #expect(notes.count == record.count("rounds", in: .label))
        #expect(notes.first?.contains("accuracy") == true && notes.last?.contains("limits allow") == true)
        let metrics = try String(contentsOf: fixture.folder.run().metricsFile, encoding: .utf8)
        #expect(metrics.split(separator: "\n").count { $0.contains("\"asked-in-all\"") } == notes.count)
        try await endpoint.stop()
    }

    @Test("However many calls are in flight, and wherever it was stopped: the same dataset, and nothing is paid twice")
    func resumed() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let text = recipe(endpoint)
        let unbroken = try fixture()
        _ = try await unbroken.run(text, set: ["teacher.concurrency=1"])

        /// Cancels the run in the middle of a round.
        final class Stopper: ProgressSink {
            let task = Mutex<Task<RunRecord, any Error>?>(nil)
            let isLate = Mutex(false)
            func receive(_ event: RunEvent) {
                if case .note(.label, let text) = event, text.hasPrefix("Round 2") { isLate.withLock { $0 = true } }
                if case .progress(let progress) = event, progress.stage == .label, progress.done >= 3,
                    isLate.withLock({ $0 })
                {
                    task.withLock { $0?.cancel() }
                }
            }
        }
        let stopped = try fixture()
        let stopper = Stopper()
        let before = endpoint.calls.count
        let task = stopper.task.withLock { stored in
            let new = Task { try await stopped.run(text, set: ["teacher.concurrency=8"], progress: stopper) }
            stored = new
            return new
        }
        let error = await #expect(throws: RunError.self) { try await task.value }
        #expect("\(error!)" == "stopped in stage label")
        let record = try await stopped.run(text, set: ["teacher.concurrency=8"])
        #expect((record.count("answers from the ledger", in: .label) ?? 0) >= 55)
        #expect(
            try Data(contentsOf: unbroken.folder.run().datasetFile)
                == Data(contentsOf: stopped.folder.run().datasetFile))
        // A call that was cut off may be sent again; all that were answered are not.
        let bodies = endpoint.calls.dropFirst(before).filter { $0.fault == nil }.map(\.body)
        #expect(bodies.count - Set(bodies).count <= 8)

        // From the ledger alone, and with no word of money in it.
        let paid = endpoint.calls.count
        _ = try await stopped.run(text, named: "again")
        #expect(endpoint.calls.count == paid)
        try await endpoint.stop()
    }

    @Test("A budget for fewer texts than labels stops the run before anything is sent")
    func smallBudget() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let found = await (try fixture()).failure(recipe(endpoint), set: ["teacher.request-limit=1"])
        #expect(found.contains("teacher.request-limit allows 1") && found.contains("Nothing was sent"), "\(found)")
        #expect(endpoint.served.isEmpty)
        try await endpoint.stop()
    }

    @Test("A limit of the teacher in a later round ends the rounds with what is there; raised, they go on")
    func limit() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let whole = try await (try fixture()).run(recipe(endpoint))
        let tokens = try #require(whole.count("input tokens", in: .label))
        let fixture = try fixture()
        let limited = try await fixture.run(recipe(endpoint), set: ["teacher.token-limit=\(tokens * 4 / 5)"])
        let asked = try #require(limited.count("texts asked about", in: .label))
        #expect(asked >= 40 && asked < 80)
        #expect(limited[.label]?.report?.notes.contains { $0.contains("not fit in the teacher's limits") } == true)
        #expect(try fixture.dataset().rows.count == asked)
        let raised = try await fixture.run(recipe(endpoint), set: ["teacher.token-limit=\(tokens * 10)"])
        #expect(raised.count("texts asked about", in: .label) == 80)
        try await endpoint.stop()
    }

    /// 30 held-out rows beside the pool.
    private func measured() throws -> (fixture: StageFixture, heldOut: String) {
        let fixture = try fixture()
        let rows = invented(30, label: { $0 % 3 == 0 ? "positive" : "negative" }, from: 900)
        try fixture.folder.write(
            csv(rows.map { ($0.text + ($0.label == "positive" ? " joyful" : " gloomy"), $0.label) }), to: "held.csv")
        return (fixture, ", held-out: ../held.csv}")
    }

    @Test(
        "Of a limit, rounds leave the evaluation its part, and use up theirs; raised, they go on; replayed, they are the same",
        arguments: ["token-limit", "request-limit", "cost-limit"])
    func limitKept(key: String) async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let (fixture, heldOut) = try measured()
        let text = recipe(endpoint, rounds: "{first: 20, batch: 15, validation: 20}").replacing(
            "}", with: heldOut, maxReplacements: 1)
        let whole = try await fixture.run(text, named: "whole")
        #expect(whole.count("texts asked about", in: .label) == 150)
        let tokens = try #require(whole.count("input tokens", in: .label))
        // As much as some 140 labels take: the probe takes part of it, and the evaluation.
        let limit =
            switch key {
            case "token-limit": "\(tokens * 140 / 150)"
            case "request-limit": "152"
            default: "\(Double(tokens) * 140 / 150 / 1e6)"
            }
        let unspent = try measured().fixture
        let limited = try await unspent.run(text, set: ["teacher.\(key)=\(limit)"], until: .evaluate)
        let asked = try #require(limited.count("texts asked about", in: .label))
        #expect(asked >= 50 && asked < 120, "\(asked)")
        #expect(limited[.evaluate]?.status == .done)
        let notes = limited[.label]?.report?.notes ?? []
        #expect(notes.contains { $0.contains("is kept for the teacher's answers to 30 held-out rows") }, "\(notes)")
        #expect(notes.contains { $0.contains("not fit in the teacher's limits") }, "\(notes)")
        // No answer was paid for that is not used.
        let probe = try #require(whole.count("requests paid", in: .label)) - 150
        #expect(limited.count("requests paid", in: .label) == asked + probe)
        let paid = endpoint.calls.count
        let report = try EvaluationReport(json: Data(contentsOf: unspent.folder.run().file("report.json")))
        #expect(
            report.rounds?.points.last?.asked == asked
                && report.rounds?.points.count == limited.count("rounds", in: .label))
        #expect(report.rounds?.end.contains("not fit in the teacher's limits") == true)
        #expect(report.data?.dropped.contains { $0.name == "not asked about" && $0.rows == 150 - asked } == true)
        let again = try await unspent.run(text, set: ["teacher.\(key)=\(limit)"], until: .evaluate, named: "again")
        #expect(again[.evaluate]?.status == .done && endpoint.calls.count == paid)
        #expect(
            try Data(contentsOf: unspent.folder.run().datasetFile)
                == Data(contentsOf: unspent.folder.run("again").datasetFile))
        let raised = try await unspent.run(text, set: ["teacher.\(key)=100000"], until: .evaluate)
        #expect(raised.count("texts asked about", in: .label) == 150)
        try await endpoint.stop()
    }

    @Test("A limit too small for the first round and the evaluation is refused before anything is sent")
    func limitTooSmall() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let (fixture, heldOut) = try measured()
        let text = recipe(endpoint).replacing("}", with: heldOut, maxReplacements: 1)
        let found = await fixture.failure(text, set: ["teacher.request-limit=60"])
        #expect(found.contains("first 35 texts") && found.contains("30 held-out rows"), "\(found)")
        #expect(found.contains("Nothing was sent") && found.contains("teacher.request-limit is 60"), "\(found)")
        #expect(endpoint.served.isEmpty)
        let alone = try await fixture.run(text, set: ["teacher.request-limit=80", "evaluate.teacher=false"])
        #expect(alone.count("texts asked about", in: .label) ?? 0 >= 40)
        try await endpoint.stop()
    }

    @Test("Fewer judges than were wanted are explained; where more texts are written later, these count")
    func judges() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let record = try await (try fixture()).run(
            recipe(endpoint, rounds: "{first: 20, batch: 100, validation: 90}"), until: .label)
        #expect(record.count("texts that judge the rounds", in: .label) == 37)
        let notes = record[.label]?.report?.notes ?? []
        #expect(
            notes.contains { $0.contains("37 texts judge the rounds, not the 90 of rounds.validation") }, "\(notes)")
        try await endpoint.stop()
    }

    @Test("A plan knows the first round, the most there can be, and what may end them; it counts held-out rows")
    func planned() async throws {
        let (fixture, heldOut) = try measured()
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        func plan(_ rounds: String, _ set: [String] = []) async throws -> RunPlan {
            try fixture.folder.write(
                recipe(endpoint, rounds: rounds).replacing("}", with: heldOut, maxReplacements: 1),
                to: "recipes/recipe.yaml")
            let loaded = try LoadedRecipe(
                path: fixture.folder.url.appending(path: "recipes/recipe.yaml").path, overrides: set,
                workingFolder: fixture.folder.url, environment: [:])
            return try await RunPlan(loaded, in: fixture.folder.run())
        }
        let open = try await plan("{first: 20, validation: 20}")
        #expect(open.lines.map(\.stage) == [.label, .evaluate])
        #expect(open.lines[0].calls == 40...150 && open.lines[1].calls == 30...30)
        #expect(open.text.contains { $0.contains("at least 40 texts") && $0.contains("at most 150") }, "\(open.text)")
        #expect(open.text.contains { $0.contains("Nothing ends them before") })
        let bound = try await plan(
            "{first: 20, validation: 20, most: 90, worth-per-point: 2}", ["teacher.cost-limit=0.004"])
        #expect(bound.lines[0].calls == 40...90)
        let said = bound.text.joined(separator: "\n")
        for part in ["rounds.most", "rounds.worth-per-point 2", "teacher.cost-limit 0.004"] {
            #expect(said.contains(part), "\(said)")
        }
        #expect(endpoint.served.isEmpty)
        let record = try await fixture.run(
            try String(contentsOf: fixture.folder.url.appending(path: "recipes/recipe.yaml"), encoding: .utf8),
            until: .label)
        let done = try await plan("{first: 20, validation: 20, most: 90, worth-per-point: 2}")
        #expect(done.text.contains { $0.contains("label") && $0.contains("done") }, "\(done.text)")
        // What was paid lies in what was planned.
        let tokens = try #require(record.count("input tokens", in: .label))
        #expect(bound.lines[0].inputTokens.contains(tokens), "\(bound.lines[0].inputTokens) \(tokens)")
        try await endpoint.stop()
    }

    @Test("A pool of one repeated line: one call, and the run says what is missing")
    func repeatedLine() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        try fixture.folder.write(String(repeating: "the same joyful line\n", count: 40), to: "pool.txt")
        let found = await fixture.failure(recipe(endpoint))
        #expect(found.contains("at least two labels"), "\(found)")
        #expect(found.contains("near copies 39") && !found.contains("Nothing was left out"), "\(found)")
        let record = try fixture.folder.run().existingRecord()
        #expect(record.count("texts asked about", in: .label) == 1)
        #expect(record.count("texts not asked about: near copies", in: .label) == 39)
        try await endpoint.stop()
    }

    @Test("Where texts are written, rounds have further ones written; from the ledger alone they are the same")
    func written() async throws {
        let answers = FaultEndpointAnswers(tokens: Self.answers.tokens) { prompt, seed in
            var random = SeededRandom(seed: FaultEndpointAnswers.hash(prompt) &+ UInt64(seed))
            let words = (0..<12).map { _ in "word\(random.below(5000))" }
            return " " + words.joined(separator: " ") + (random.below(2) == 0 ? " joyful." : " gloomy.")
        }
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let fixture = try StageFixture()
        let text = recipe(endpoint, rounds: "{first: 20, batch: 25, validation: 20}")
            .replacing("data: {unlabelled: ../pool.txt}", with: "synthesis: {texts: 100, keep: soft}")
        let record = try await fixture.run(text, named: "one")
        #expect(record.count("texts asked for", in: .generate) == 40)
        let more = try #require(record.count("texts written in rounds", in: .label))
        #expect(more > 40 && more <= 60)
        let first = try #require(record.count("texts written", in: .generate))
        #expect(record.count("texts asked about", in: .label) == first + more)
        let dataset = try fixture.dataset("one")
        #expect(dataset.rows.allSatisfy { $0.intended != nil })
        #expect(Set(dataset.rows.map(\.text)).count == dataset.rows.count)
        let served = endpoint.served.count
        _ = try await fixture.run(text, named: "two")
        #expect(endpoint.served.count == served)
        #expect(
            try Data(contentsOf: fixture.folder.run("one").datasetFile)
                == Data(contentsOf: fixture.folder.run("two").datasetFile))
        try await endpoint.stop()
    }

    @Test(
        "Texts that were written in rounds and are held out are listed, and no label is paid for them",
        arguments: [4, 1])
    func writtenHeldOut(oneIn: Int) async throws {
        @Sendable func words(_ seed: UInt64) -> String {
            var random = SeededRandom(seed: seed)
            return (0..<12).map { _ in "word\(random.below(5000))" }.joined(separator: " ")
        }
        let secret = (0..<50).map { words(UInt64($0)) + " joyful" }
        let answers = FaultEndpointAnswers(tokens: Self.answers.tokens) { prompt, seed in
            var random = SeededRandom(seed: FaultEndpointAnswers.hash(prompt) &+ UInt64(seed))
            return random.below(oneIn) == 0
                ? " " + secret[random.below(50)]
                : " " + words(random.next()) + (random.below(2) == 0 ? " joyful." : " gloomy.")
        }
        let endpoint = try await FaultEndpoint.start(answers: answers)
        let fixture = try StageFixture()
        try fixture.folder.write(
            "text,label\n" + secret.map { "\($0),positive\n" }.joined(), to: "heldout.csv")
        let text = recipe(endpoint, rounds: "{first: 20, batch: 25, validation: 20}")
            .replacing(
                "data: {unlabelled: ../pool.txt}",
                with:
                    "data: {held-out: ../heldout.csv}\nsynthesis: {texts: 100, keep: soft, filters: {exact-duplicates: false}}"
            )
        guard oneIn > 1 else {
            // All are: the first round that nothing comes of is the last.
            let found = await fixture.failure(text)
            #expect(found.contains("held-out"), "\(found)")
            let record = try fixture.folder.run().existingRecord()
            #expect(record.count("rounds", in: .label) == 2)
            #expect(record.count("texts asked about", in: .label) ?? 0 == 0)
            try await endpoint.stop()
            return
        }
        let record = try await fixture.run(text, until: .dataset)
        let listed = try #require(record.count("dropped: known to the held-out fingerprint", in: .dataset))
        #expect(listed > 10)
        #expect(record.count("texts not asked about: held out", in: .label) == listed)
        let asked = try #require(record.count("texts asked about", in: .label))
        let written = try #require(record.count("texts written in rounds", in: .label))
        #expect(asked + listed == (record.count("texts written", in: .generate) ?? 0) + written)
        let held = Set(secret)
        #expect(try !fixture.dataset().rows.contains { held.contains($0.text) })
        try await endpoint.stop()
    }

    @Test("A chosen batch leans by itself: the teacher's lean is measured on what was drawn by chance")
    func prior() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try fixture()
        _ = try await fixture.run(recipe(endpoint), set: ["labelling.prior-correction=true"], until: .label)
        let adjustments = try JSONDecoder().decode(
            [TeacherAdjustment].self, from: Data(contentsOf: fixture.folder.run().file("stages/prior.json")))
        #expect(adjustments.first?.priors.map(\.rows) == [40])
        try await endpoint.stop()
    }

    @Test("Rounds without anything to ask about, or a worth without a price, are refused")
    func refused() {
        let labelled = "attar: 1\nlabels: [a, b]\ndata: {labelled: x.csv}\nrounds: {}\n"
        #expect(problems(labelled).contains { $0.contains("nothing to ask about") })
        let free = """
            attar: 1
            labels: [a, b]
            data: {unlabelled: x.csv}
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m}
            rounds: {worth-per-point: 3}

            """
        #expect(problems(free).contains { $0.contains("price-per-label") })
        func rounds(_ section: String) -> String {
            """
            attar: 1
            labels: [a, b, c]
            data: {unlabelled: x.csv}
            teacher: {endpoint: "http://127.0.0.1:9/v1", model: m}
            rounds: \(section)

            """
        }
        for (section, key) in [
            ("{first: 2}", "rounds.first"), ("{most: 2}", "rounds.most"), ("{most: 20, batch: 30}", "rounds.batch"),
            ("{most: 20, first: 30}", "rounds.most"),
        ] {
            #expect(problems(rounds(section)).contains { $0.contains(key) && $0.contains("texts") }, "\(section)")
        }
        #expect(problems(rounds("{first: 3, batch: 10, most: 20}")).isEmpty)
    }
}
