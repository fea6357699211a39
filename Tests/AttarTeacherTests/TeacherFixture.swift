import AttarTeacher
import AttarTestSupport
import Foundation
import Synchronization

/// A folder for one test, deleted with it.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("attar-teacher-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var ledger: URL { url.appendingPathComponent("ledger.sqlite") }
}

/// Collects the waits between attempts in place of waiting: its clock goes on by itself.
final class RecordedPauses: Sendable {
    private let waits = Mutex<[Double]>([])
    private let elapsed = Mutex(0.0)

    var seconds: [Double] { waits.withLock { $0 } }

    func surroundings(environment: [String: String] = [:]) -> TeacherSurroundings {
        TeacherSurroundings(
            environment: environment,
            pause: { duration in
                let seconds = duration / .seconds(1)
                self.waits.withLock { $0.append(seconds) }
                self.elapsed.withLock { $0 += seconds }
                await Task.yield()
            },
            now: { self.elapsed.withLock { $0 } })
    }
}

let sentiment = [TeacherLabel(name: "positive"), TeacherLabel(name: "negative")]

let sentimentTask = LabelTask(
    labels: sentiment, examples: [LabelledExample(text: "Does what it should.", label: "positive")],
    textHeading: "Review", answerHeading: "Sentiment")

let reviewTask = GenerationTask(
    labels: sentiment,
    examples: [GenerationExample(text: "Never again.", label: "negative", attributes: ["Product": "kettle"])],
    attributes: [
        GenerationAttribute(name: "Product", values: ["tent", "router", "pillow", "haircut"]),
        GenerationAttribute(
            name: "Mood", values: [],
            valuesByLabel: ["positive": ["glad", "calm"], "negative": ["cross", "tired"]]),
    ],
    textHeading: "Review", labelHeading: "Sentiment", seed: 7)

func texts(_ count: Int) -> [String] { (0..<count).map { "Text number \($0) about a kettle." } }

func configuration(
    _ endpoint: URL, ledger: URL, change: (inout TeacherConfiguration) -> Void = { _ in }
) -> TeacherConfiguration {
    var configuration = TeacherConfiguration(
        endpoint: endpoint, model: "test-model", ledger: ledger, concurrency: 4, timeoutSeconds: 20)
    change(&configuration)
    return configuration
}

/// The error that `body` throws as a `TeacherError`, or `nil`.
func teacherError(_ body: () async throws -> Void) async -> TeacherError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? TeacherError
    }
}

/// Values handed to a callback.
final class Collected<Value: Sendable>: Sendable {
    private let collected = Mutex<[Value]>([])

    var values: [Value] { collected.withLock { $0 } }

    func add(_ value: Value) { collected.withLock { $0.append(value) } }
}
