import AttarPipeline
import Foundation
import Synchronization

/// Stages that copy and count: each output is its inputs' text and the recipe keys it reads.
final class ScriptedStages: Sendable {
    private let counts = Mutex<[StageName: Int]>([:])
    /// What the body of a stage does before it writes, by stage.
    private let interference: [StageName: @Sendable (StageContext) async throws -> Void]

    init(_ interference: [StageName: @Sendable (StageContext) async throws -> Void] = [:]) {
        self.interference = interference
    }

    /// How often each body has ended since the last call.
    func takeRuns() -> [StageName] {
        counts.withLock { counts in
            defer { counts = [:] }
            return StageName.allCases.filter { counts[$0, default: 0] > 0 }
        }
    }

    /// data → dataset → train → export, with an outside file that the first one reads.
    func stages(source: URL) -> [Stage] {
        [
            stage(.data, reads: ["data.text-column"], from: [], files: ["labelled": source]),
            stage(.dataset, reads: ["data.validation"], from: [.data]),
            stage(.train, reads: ["train"], from: [.dataset]),
            stage(.export, reads: ["name"], from: [.dataset, .train]),
        ]
    }

    private func stage(_ name: StageName, reads: [String], from inputs: [StageName], files: [String: URL] = [:])
        -> Stage
    {
        Stage(name, reads: reads, from: inputs, files: files, makes: ["out/\(name.rawValue).txt"]) { [self] context in
            var text = "\(name.rawValue) \(context.recipe.values(of: reads).canonical)\n"
            for input in inputs {
                text += try String(contentsOf: context.file("out/\(input.rawValue).txt"), encoding: .utf8)
            }
            for url in files.values { text += try String(contentsOf: url, encoding: .utf8) }
            try await interference[name]?(context)
            let output = context.file("out/\(name.rawValue).txt")
            try FileManager.default.createDirectory(
                at: output.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: output)
            counts.withLock { $0[name, default: 0] += 1 }
            var report = StageReport()
            report.count("characters", text.count, because: "of \(inputs.count) inputs")
            return report
        }
    }
}

/// Keeps the events of a run.
final class RecordedProgress: ProgressSink {
    private let kept = Mutex<[RunEvent]>([])

    var events: [RunEvent] { kept.withLock { $0 } }

    /// "started train", "kept data" and so on, without progress.
    var story: [String] {
        events.compactMap { event in
            switch event {
            case .stageStarted(let stage, let isResumed): (isResumed ? "resumed " : "started ") + stage.rawValue
            case .stageFinished(let stage, _, _): "finished " + stage.rawValue
            case .stageKept(let stage, _): "kept " + stage.rawValue
            case .note, .progress, .heldOutOpened: nil
            }
        }
    }

    func receive(_ event: RunEvent) { kept.withLock { $0.append(event) } }
}
