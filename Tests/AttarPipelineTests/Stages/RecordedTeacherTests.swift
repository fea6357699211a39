import AttarData
import AttarPipeline
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite("The support-triage recipe on recorded answers")
struct RecordedTeacherTests {
    private static let labels = [
        "billing_problem", "return_or_refund", "delivery_status", "damaged_or_wrong_item", "account_access",
        "cancel_subscription", "technical_fault", "product_question",
    ]

    /// A teacher that writes messages in a vocabulary of its own for each label, and knows them again.
    private static let answers = FaultEndpointAnswers(
        models: ["your-model"],
        tokens: { prompt in
            let asked = prompt.split(separator: "\n").last { $0.contains("§") } ?? ""
            let letters = ["A", "B", "C", "D", "E", "F", "G", "H"]
            let known = letters.indices.first { asked.contains("§\($0)") } ?? Int(FaultEndpointAnswers.hash(prompt) % 8)
            return letters.indices.map { (" " + letters[$0], $0 == known ? 0.65 : 0.04) }
        },
        text: { prompt, seed in
            let wanted = prompt.split(separator: "\n").last { $0.contains("_") || $0.contains("§") } ?? ""
            let label = labels.firstIndex { wanted.contains($0) } ?? 0
            var random = SeededRandom(seed: FaultEndpointAnswers.hash(prompt) &+ UInt64(seed))
            let words = (0..<12).map { _ in "word\(label)x\(random.below(60))" }
            return " §\(label) " + words.joined(separator: " ") + "."
        })

    private func run(_ folder: TemporaryFolder, endpoint: URL, ledger: String, named name: String) async throws
        -> RunRecord
    {
        let recipe = try LoadedRecipe(
            path: projectFolder.appending(path: "recipes/support-triage.yaml").path,
            overrides: [
                "teacher.endpoint=\(endpoint.absoluteString)", "teacher.ledger=\(ledger)", "synthesis.texts=240",
                "train.epochs=4", "train.learning-curve=false", "student.buckets=2048", "student.width=16",
                "evaluate.bootstrap-draws=100",
            ], workingFolder: folder.url, environment: [:])
        return try await Pipeline(recipe).run(in: folder.run(name))
    }

    @Test("Runs end to end, and again from the recording alone with the same bytes")
    func recorded() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let first = try await run(folder, endpoint: endpoint.url, ledger: "first.sqlite", named: "first")
        #expect(first.stages.map(\.name) == StageName.allCases.filter { $0 != .cascade })
        #expect(first.stages.allSatisfy { $0.status == .done })
        #expect(first.heldOutOpenings.map(\.stage) == [.data, .evaluate])
        let kept = try #require(first.count("texts kept", in: .dataset))
        #expect(kept > 200)
        let report = try String(contentsOf: folder.run("first").file("report.html"), encoding: .utf8)
        #expect(report.contains("How varied the generated texts are"))
        #expect(report.contains("attribute grid: pairs of values"))
        let dataset = try DatasetFile.read(folder.run("first").datasetFile)
        #expect(dataset.labels == Self.labels)

        let ledger = try Ledger(at: folder.url.appending(path: "first.sqlite"))
        let recording = folder.url.appending(path: "recording.jsonl")
        try await ledger.recording(.answers).write(to: recording)
        try ledger.close()
        let copy = try Ledger(at: folder.url.appending(path: "second.sqlite"))
        #expect(try await copy.importRecording(from: recording) > 400)
        try copy.close()
        try await endpoint.stop()

        let second = try await run(folder, endpoint: endpoint.url, ledger: "second.sqlite", named: "second")
        for stage in [StageName.generate, .label] { #expect(second.count("requests paid", in: stage) == 0) }
        for name in ["dataset.h5", "model.attar"] {
            #expect(
                try Data(contentsOf: folder.run("first").file(name))
                    == Data(contentsOf: folder.run("second").file(name)), "\(name)")
        }
    }
}
