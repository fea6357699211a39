import AttarPipeline
import AttarTestSupport
import Foundation
import Synchronization
import Testing

@Suite("Runs that are stopped from outside", .enabled(if: AttarProcess.executable != nil, "needs the built executable"))
struct KilledRunTests {
    @Test("Killed at 20 random moments of generation and labelling, a run ends with the dataset of an unbroken one")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let concurrency = 4
        /// The process that is running, and after how many more requests it dies.
        let victim = Mutex<(process: Int32, after: Int)?>(nil)
        let endpoint = try await FaultEndpoint.start { request in
            victim.withLock { victim in
                guard request.path.hasSuffix("completions"), let current = victim else { return }
                if current.after == 0 { kill(current.process, SIGKILL) }
                victim?.after -= 1
            }
            return nil
        }
        try folder.write(
            """
            attar: 1
            labels: [positive, negative]
            teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, concurrency: \(concurrency)}
            synthesis: {texts: 200, instruction: Reviews.}

            """, to: "taught.yaml")
        let arguments = ["run", "taught.yaml", "--until", "dataset", "--quiet"]
        var random = SeededRandom(seed: 20)
        var kills = 0
        for _ in 0..<20 {
            let after = random.whole(in: 3...18)
            let result = try await AttarProcess.run(
                arguments, in: folder.url,
                onStart: { process in
                    victim.withLock { $0 = (process.processIdentifier, after) }
                })
            if result.status == 128 + SIGKILL { kills += 1 }
        }
        #expect(kills == 20)
        victim.withLock { $0 = nil }
        #expect(try await AttarProcess.run(arguments, in: folder.url).status == 0)

        // A call may be paid for again only if it was under way when the process died.
        let bodies = endpoint.calls.map(\.body)
        let repeated = bodies.count - Set(bodies).count
        #expect(repeated <= kills * concurrency, "\(repeated) of \(bodies.count)")

        let unbroken = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: folder.url.appending(path: "taught.yaml"), to: unbroken.url.appending(path: "taught.yaml"))
        #expect(try await AttarProcess.run(arguments, in: unbroken.url).status == 0)
        #expect(
            try Data(contentsOf: unbroken.run("taught").datasetFile)
                == Data(contentsOf: folder.run("taught").datasetFile))
        try await endpoint.stop()
    }

    private static let bag = """
        student: {buckets: 256, width: 16}
        train: {epochs: 4, learning-curve: false}
        """

    @Test(
        "Ctrl-C as a stage begins: the same command ends with the same model",
        arguments: [StageName.data, .dataset, .train, .quantize, .calibrate, .export, .evaluate])
    func interrupted(stage: StageName) async throws {
        try await interrupt(Self.bag, at: "\(stage.rawValue): started")
    }

    @Test("Ctrl-C while an encoder trains: the same command goes on from its checkpoint to the same model")
    func interruptedEncoder() async throws {
        // Steps enough that the signal comes before the last of them, unless the machine is very busy.
        let encoder = """
            student: {family: encoder, buckets: 256, width: 16, layers: 1}
            train: {epochs: 1000, batch: 8, patience: 0, refit: false, average: 0.9}
            """
        let (broken, resumed) = try await interrupt(encoder, at: "Memory for choosing epochs,")
        #expect(
            resumed.errors.contains("Training goes on after step") || broken.errors.contains("train: done"),
            "\(resumed)")
    }

    /// Stops a run with SIGINT where its output says so, runs it again, and compares with an unbroken one.
    @discardableResult
    private func interrupt(
        _ settings: String, at moment: String
    ) async throws -> (broken: AttarProcess.Result, resumed: AttarProcess.Result) {
        let folder = try TemporaryFolder()
        try folder.write(csv(invented(150) { $0 % 2 == 0 ? "good" : "bad" }), to: "train.csv")
        try folder.write(csv(invented(20, label: { $0 % 2 == 0 ? "good" : "bad" }, from: 900)), to: "heldout.csv")
        try folder.write(
            "attar: 1\ndata: {labelled: train.csv, held-out: heldout.csv}\n\(settings)\n", to: "small.yaml")
        let sent = Mutex(false)
        let broken = try await AttarProcess.run(
            ["run", "small.yaml"], in: folder.url,
            onErrorText: { text, process in
                let isDue = sent.withLock { wasSent in
                    guard !wasSent, text.contains(moment) else { return false }
                    wasSent = true
                    return true
                }
                if isDue { kill(process.processIdentifier, SIGINT) }
            })
        // The last bit of work may be done before the signal is seen.
        #expect(broken.status == 130 || broken.errors.contains("evaluate: done"), "\(broken)")
        let resumed = try await AttarProcess.run(["run", "small.yaml"], in: folder.url)
        #expect(resumed.status == 0)
        #expect(
            try await AttarProcess.run(["run", "small.yaml", "--run", "whole", "--quiet"], in: folder.url).status == 0)
        let (one, whole) = (folder.run("small"), folder.run("whole"))
        #expect(try Data(contentsOf: one.modelFile) == Data(contentsOf: whole.modelFile))
        #expect(try Data(contentsOf: one.metricsFile) == Data(contentsOf: whole.metricsFile))
        #expect(!FileManager.default.fileExists(atPath: one.file("unfinished").path))
        return (broken, resumed)
    }
}
