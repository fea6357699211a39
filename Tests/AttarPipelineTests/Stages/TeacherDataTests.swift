import AttarData
import AttarPipeline
import AttarTestSupport
import Foundation
import Synchronization
import Testing

@Suite("From a teacher to a dataset")
struct TeacherDataTests {
    private func recipe(_ endpoint: FaultEndpoint, data: String = "{}", texts: Int = 40) -> String {
        """
        attar: 1
        labels: [positive, negative]
        data: \(data)
        teacher:
          endpoint: \(endpoint.url.absoluteString)
          model: test-model
          retries: 1
        synthesis:
          texts: \(texts)
          instruction: Reviews of things.
          text-heading: Review
          label-heading: Sentiment
          attributes:
            product: [kettle, tent, router]
            mood: {positive: [glad], negative: [sad, angry]}

        """
    }

    /// Agrees with the label that a text was asked for in most cases, and leans towards "positive".
    private static let answers = FaultEndpointAnswers(
        tokens: { prompt in
            let draw = Double(FaultEndpointAnswers.hash(prompt) % 997) / 997
            return [(" positive", 0.35 + 0.6 * draw), (" negative", 0.62 - 0.6 * draw), (" the", 0.03)]
        })

    @Test("Generated texts are labelled, checked, and divided; everything is counted")
    func generated() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        let record = try await fixture.run(recipe(endpoint))
        let dataset = try fixture.dataset()
        #expect(record.count("texts asked for", in: .generate) == 40)
        let written = try #require(record.count("texts written", in: .generate))
        #expect(record.count("texts asked about", in: .label) == written)
        let dropped = (record[.dataset]?.report?.counts ?? []).filter { $0.name.hasPrefix("dropped") }.reduce(0) {
            $0 + $1.value
        }
        #expect(written - dropped == dataset.rows.count)
        #expect(dataset.rows.allSatisfy { $0.source == .generated && $0.gold == nil })
        // keep: agreeing
        for row in dataset.rows.indices {
            let probabilities = try #require(dataset.probabilities(teacher: 0, row: row))
            #expect((probabilities[probabilities.startIndex] > 0.5 ? 0 : 1) == dataset.rows[row].intended)
        }
        #expect(dataset.teachers.first?.name == "test-model")
        #expect(dataset.teachers.first?.method == "label log-probabilities, prior-corrected")
        try await endpoint.stop()
    }

    @Test("keep: soft keeps what disagrees; prior correction off keeps the lean")
    func soft() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        _ = try await fixture.run(recipe(endpoint))
        let agreeing = try fixture.dataset().rows.count
        let paid = endpoint.calls.count
        _ = try await fixture.run(recipe(endpoint), set: ["synthesis.keep=soft"])
        #expect(try fixture.dataset().rows.count > agreeing)
        _ = try await fixture.run(recipe(endpoint), set: ["synthesis.keep=soft", "labelling.prior-correction=false"])
        let raw = try fixture.dataset()
        let positive = raw.rows.indices.count { row in
            raw.probabilities(teacher: 0, row: row).map { $0[$0.startIndex] > 0.5 } ?? false
        }
        #expect(positive > raw.rows.count * 6 / 10)
        #expect(raw.teachers.first?.method == "label log-probabilities")
        // Nothing of this was paid for twice.
        #expect(endpoint.calls.count == paid)
        try await endpoint.stop()
    }

    @Test("Where a text is kept for its label the student learns that label, not the teacher's probabilities")
    func targets() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        for keep in ["agreeing", "asked", "soft"] {
            let set = ["synthesis.keep=\(keep)"]
            _ = try await fixture.run(recipe(endpoint), set: set)
            let dataset = try fixture.dataset()
            let loaded = try LoadedRecipe(
                path: fixture.folder.url.appending(path: "recipes/recipe.yaml").path, overrides: set,
                workingFolder: fixture.folder.url, environment: [:])
            let task = TextClassification(loaded.recipe, dataset: dataset)
            for row in dataset.rows.indices {
                let target = try #require(task.target(of: row, in: dataset))
                let intended = try #require(dataset.rows[row].intended)
                let probabilities = try #require(dataset.teacherMean(of: row))
                #expect(target == (keep == "soft" ? probabilities : [intended == 0 ? 1 : 0, intended == 1 ? 1 : 0]))
            }
            let contradicted = dataset.rows.indices.count { dataset.label(of: $0) != dataset.rows[$0].intended }
            #expect((contradicted > 0) == (keep != "agreeing"))
            let learned = task.trainingSet(
                of: Array(dataset.rows.indices), in: TrainingDataset(dataset, heldOut: Fingerprint(heldOut: [])))
            #expect(learned.softTargets.isEmpty == (keep != "soft"))
            #expect(learned.goldTargets.isEmpty == (keep == "soft"))
        }
        try await endpoint.stop()
    }

    @Test("With every answer in the ledger no endpoint is needed, and the dataset is the same")
    func fromLedger() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        let text = recipe(endpoint)
        _ = try await fixture.run(text, named: "one")
        try await endpoint.stop()
        let record = try await fixture.run(text, set: ["teacher.endpoint=http://127.0.0.1:9/v1"], named: "two")
        #expect(record.count("requests paid", in: .generate) == 0)
        #expect(record.count("answers from the ledger", in: .generate) == 40)
        #expect(
            try Data(contentsOf: fixture.folder.run("one").datasetFile)
                == Data(contentsOf: fixture.folder.run("two").datasetFile))
    }

    @Test("Another address of the same teacher re-runs nothing")
    func otherAddress() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        _ = try await fixture.run(recipe(endpoint))
        let progress = RecordedProgress()
        _ = try await fixture.run(recipe(endpoint), set: ["teacher.endpoint=http://127.0.0.1:9/v1"], progress: progress)
        #expect(progress.story == ["kept data", "kept generate", "kept label", "kept dataset"])
        try await endpoint.stop()
    }

    @Test("Unlabelled and labelled texts are asked about together; labelled ones only if the recipe says so")
    func unlabelled() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        try fixture.folder.write(csv(invented(40) { $0 % 2 == 0 ? "positive" : "negative" }), to: "train.csv")
        try fixture.folder.write(
            invented(30, label: { _ in "" }, from: 500).map { $0.text + "\n" }.joined(), to: "pool.txt")
        var text = recipe(endpoint, data: "{labelled: ../train.csv, unlabelled: ../pool.txt}")
        text = String(text.prefix(upTo: try #require(text.range(of: "synthesis:")).lowerBound))
        let record = try await fixture.run(text)
        #expect(record.count("texts asked about", in: .label) == 70)
        let dataset = try fixture.dataset()
        #expect(dataset.rows.count == 70)
        #expect(dataset.rows.indices.allSatisfy { dataset.probabilities(teacher: 0, row: $0) != nil })
        let second = try await fixture.run(text, set: ["labelling.include-labelled=false"])
        #expect(second.count("texts asked about", in: .label) == 30)
        #expect(second.count("texts kept", in: .dataset) == 70)
        try await endpoint.stop()
    }

    @Test("An interrupted generation goes on, and pays for nothing twice")
    func interrupted() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        let text = recipe(endpoint)
        /// Cancels the run after some answers.
        final class Stopper: ProgressSink {
            let task = Mutex<Task<RunRecord, any Error>?>(nil)
            func receive(_ event: RunEvent) {
                if case .progress(let progress) = event, progress.stage == .generate, progress.done >= 10 {
                    task.withLock { $0?.cancel() }
                }
            }
        }
        let stopper = Stopper()
        let task = stopper.task.withLock { stored in
            let new = Task { try await fixture.run(text, progress: stopper) }
            stored = new
            return new
        }
        let error = await #expect(throws: RunError.self) { try await task.value }
        #expect("\(error!)" == "stopped in stage generate")
        let before = Set(endpoint.calls.filter { $0.fault == nil }.map(\.body)).count
        #expect(before < 42)
        let progress = RecordedProgress()
        let record = try await fixture.run(text, progress: progress)
        #expect(progress.story.contains("resumed generate"))
        #expect((record.count("answers from the ledger", in: .generate) ?? 0) >= 10)
        // The same dataset as a run that was never stopped.
        let whole = try StageFixture()
        _ = try await whole.run(text)
        #expect(
            try Data(contentsOf: whole.folder.run().datasetFile) == Data(contentsOf: fixture.folder.run().datasetFile))
        try await endpoint.stop()
    }

    @Test("A teacher that is not there is told before anything else happens to the data")
    func unreachable() async throws {
        let endpoint = try await FaultEndpoint.start()
        try await endpoint.stop()
        let fixture = try StageFixture()
        let found = await fixture.failure(recipe(endpoint))
        #expect(found.hasPrefix("stage generate: "), "\(found)")
        #expect(found.contains("127.0.0.1"), "\(found)")
        #expect(try fixture.folder.run().existingRecord()[.data]?.status == .done)
    }

    @Test("Labels that the teacher could not answer with stop the run before a text is paid for")
    func sharedAnswers() async throws {
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let fixture = try StageFixture()
        let text = recipe(endpoint).replacing("[positive, negative]", with: "[news, news about sport]")
            .replacing("{positive: [glad], negative: [sad, angry]}", with: "[calm]")
        let found = await fixture.failure(text + "labelling: {answers: names, method: tokens}\n")
        #expect(found.hasPrefix("stage generate: "), "\(found)")
        #expect(endpoint.calls.isEmpty)
        try await endpoint.stop()
    }
}
