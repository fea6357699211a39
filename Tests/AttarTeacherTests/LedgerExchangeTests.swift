import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

/// What goes into a ledger and out of it by other ways than calls.
@Suite struct LedgerExchangeTests {
    private static let lines = """
        {"split": "train", "row": 0, "top_logprobs": {"positive": -0.1, " negative": -2.5}, "prompt_tokens": 40}
        {"split": "train", "row": 2, "top_logprobs": {"negative": -0.3, "positive": -1.5}}

        {"split": "test", "row": 1, "top_logprobs": {"neg": -0.3, "pos": -1.5}}
        {"split": "other", "row": 99, "top_logprobs": {"x": -1}}
        """

    private func imported(_ folder: TemporaryFolder, _ lines: String = lines) async throws -> (
        taken: [String: Int], skipped: Int
    ) {
        let file = folder.url.appendingPathComponent("labels.jsonl")
        try Data(lines.utf8).write(to: file)
        let ledger = try Ledger(at: folder.ledger)
        let splits = [
            RecordedSplit(name: "train", purpose: .training, texts: ["A fine\n kettle.", "unused", "It  leaks."]),
            RecordedSplit(name: "test", purpose: .evaluation, texts: ["no", "Held-out words."]),
        ]
        let result = try await ledger.importLabels(from: file, splits: splits, model: "recorded-model")
        try ledger.close()
        return result
    }

    private func teacher(_ folder: TemporaryFolder, offline: Bool = true) throws -> Teacher {
        let address = try #require(URL(string: "http://127.0.0.1:9/v1"))
        return try Teacher(
            configuration(address, ledger: folder.ledger) {
                $0.isOffline = offline
                $0.model = "recorded-model"
            })
    }

    private func call(_ text: String, _ purpose: CallPurpose, prompt: String = "any") -> TeacherCall {
        TeacherCall(
            request: CompletionRequest(
                model: "recorded-model", prompt: .completion(prompt + text), maxTokens: 1, temperature: 0,
                topLogprobs: 20),
            purpose: purpose, subject: text)
    }

    /// Recorded labels are found by their text, whatever the prompt, and never across purposes.
    @Test func recordedLabelsAreFoundByText() async throws {
        let folder = try TemporaryFolder()
        let (taken, skipped) = try await imported(folder)
        #expect(taken == ["train": 2, "test": 1] && skipped == 1)
        let teacher = try teacher(folder)
        for prompt in ["one way", "another"] {
            let answers = try await teacher.answers(to: [
                call("A fine kettle.", .training, prompt: prompt), call("It leaks.", .training, prompt: prompt),
                call("Held-out words.", .evaluation, prompt: prompt),
            ])
            #expect(answers.map { $0.answer.firstTokens?.first?.token } == ["positive", "negative", "neg"])
            #expect(answers[0].usage.input == 40)
        }
        let error = await teacherError {
            _ = try await teacher.answers(to: [call("Held-out words.", .training), call("It leaks.", .training)])
        }
        #expect(error == .notRecorded(missing: 1, total: 2, ledger: folder.ledger.path))
        let statistics = try await teacher.ledger.statistics()
        #expect(statistics.groups.map(\.model) == ["recorded-model", "recorded-model"])
        #expect(statistics.groups.map(\.settled) == [1, 2])
        try await teacher.close()
    }

    /// Answers of a live teacher are its own: recorded labels of another prompt do not stand in for them.
    @Test func recordedLabelsServeOfflineOnly() async throws {
        let folder = try TemporaryFolder()
        _ = try await imported(folder)
        let endpoint = try await FaultEndpoint.start(answers: FaultEndpointAnswers(models: ["recorded-model"]))
        let live = try Teacher(configuration(endpoint.url, ledger: folder.ledger) { $0.model = "recorded-model" })
        _ = try await live.answers(to: [call("It leaks.", .training)])
        #expect(endpoint.calls.count == 1)
        try await live.close()
        try await endpoint.stop()
    }

    @Test(arguments: [
        ("{}", "split, row and top_logprobs"),
        (#"{"split": "train", "row": 3, "top_logprobs": {"a": -1}}"#, "a row below 3"),
        (#"{"split": "train", "row": -1, "top_logprobs": {"a": -1}}"#, "a row below 3"),
        (#"{"split": "train", "row": 0, "top_logprobs": {}}"#, "log-probabilities"),
    ])
    func badLabelLinesAreNamed(_ line: String, words: String) async throws {
        let folder = try TemporaryFolder()
        let error = await teacherError { _ = try await imported(folder, Self.lines + "\n" + line) }
        #expect(error?.description.contains("labels.jsonl:6") == true)
        #expect(error?.description.contains(words) == true)
    }

    /// An exported file makes the same ledger again; vacuum keeps every answer and gives space back.
    @Test func exportAndVacuum() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { $0.number > 300 ? .status(401) : nil }
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        _ = await teacherError { _ = try await teacher.label(texts(400), task: sentimentTask, purpose: .training) }
        let before = try await teacher.ledger.counts()
        #expect(before.settled >= 290)
        let file = folder.url.appendingPathComponent("export.jsonl")
        #expect(try await teacher.ledger.export(to: file, .requestsAndAnswers) == before.settled)
        #expect(try Data(contentsOf: file) == (try await teacher.ledger.recording(.requestsAndAnswers)))
        let (bytesBefore, bytesAfter) = try await teacher.ledger.vacuum()
        #expect(bytesAfter < bytesBefore)
        let after = try await teacher.ledger.counts()
        #expect(after.settled == before.settled && after.reserved == 0)
        try await teacher.ledger.verifyIntegrity()
        try await teacher.close()
        try await endpoint.stop()
    }

    /// A planning teacher sends nothing, counts what is missing and knows what is there.
    @Test func planningCountsWithoutSending() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let first = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        _ = try await first.label(texts(30), task: sentimentTask, purpose: .training)
        try await first.close()
        var settings = configuration(endpoint.url, ledger: folder.ledger)
        settings.isPlanning = true
        let planner = try Teacher(settings)
        _ = try await planner.label(texts(100), task: sentimentTask, purpose: .training)
        let coverage = planner.coverage
        #expect(coverage.recorded == 30 && coverage.open == 70 && coverage.openMostOutput == 70)
        #expect(coverage.recordedUsage.input > 0 && coverage.openBytes > 70 * 20)
        #expect(endpoint.calls.count == 30)
        try await planner.close()
        try await endpoint.stop()
    }
}
