import Foundation

/// The stages of a recipe, run one after the other in one folder.
package struct Pipeline: Sendable {
    package let recipe: LoadedRecipe
    package let stages: [Stage]

    package init(_ recipe: LoadedRecipe, stages: [Stage]) {
        self.recipe = recipe
        self.stages = stages
    }

    /// Runs what is not done yet, up to and with `last`.
    ///
    /// A stage whose inputs and outputs are as an earlier run left them is kept. Throws `RunError.interrupted` when the task is cancelled,
    /// `RunError.failed` with the error of a stage; what was finished before stays finished.
    @discardableResult
    package func run(
        until last: StageName? = nil, in directory: RunDirectory, progress: any ProgressSink = SilentProgress()
    ) async throws(RunError) -> RunRecord {
        if let last, !stages.contains(where: { $0.name == last }) {
            throw .noSuchStage(last.rawValue, stages: stages.map(\.name.rawValue))
        }
        try directory.create()
        let lock = try RunLock(directory)
        defer { withExtendedLifetime(lock) {} }
        var record = try directory.record() ?? RunRecord(name: directory.url.lastPathComponent, recipe: recipe)
        record.recipe = RunRecord.RecipeRecord(recipe)
        let recorder = RunRecorder(record, in: directory)
        for stage in stages {
            if Task.isCancelled { throw .interrupted(stage.name) }
            try await run(stage, in: directory, recorder: recorder, progress: progress)
            if stage.name == last { break }
        }
        return recorder.record
    }

    private func run(
        _ stage: Stage, in directory: RunDirectory, recorder: RunRecorder, progress: any ProgressSink
    ) async throws(RunError) {
        let cache = StageCache(directory: directory, recipe: recipe)
        let inputs = try cache.inputs(of: stage, record: recorder.record)
        let earlier = recorder.record[stage.name]
        if cache.isCurrent(stage, key: inputs.key, record: recorder.record) {
            progress.receive(.stageKept(stage.name, earlier?.report ?? StageReport()))
            return
        }
        let isResumed = earlier?.key == inputs.key && earlier?.status != .done
        progress.receive(.stageStarted(stage.name, isResumed: isResumed))
        let start = ContinuousClock.now
        let context = StageContext(
            stage: stage.name, recipe: recipe, directory: directory, key: inputs.key, recorder: recorder,
            progress: progress)
        var stageRecord = RunRecord.StageRecord(
            name: stage.name, key: inputs.key, status: .running, inputs: inputs.files, startedAt: Date())
        try recorder.update { $0[stage.name] = stageRecord }
        if !isResumed { try recorder.clearMetrics(of: stage.name) }
        let outcome = await outcome(of: stage, context, cache)
        stageRecord.seconds = (ContinuousClock.now - start) / .seconds(1)
        stageRecord.endedAt = Date()
        switch outcome {
        case .success(let (report, outputs)):
            stageRecord.status = .done
            stageRecord.report = report
            stageRecord.outputs = outputs
            try recorder.update { $0[stage.name] = stageRecord }
            removeUnfinished(of: stage.name, in: directory)
            progress.receive(.stageFinished(stage.name, seconds: stageRecord.seconds ?? 0, report))
        case .failure(let error):
            stageRecord.status = error.isInterruption ? .interrupted : .failed
            stageRecord.failure = error.isInterruption ? nil : error.description
            // The stage's own error is what the user must see, also where the disk is too full to record it.
            try? recorder.update { $0[stage.name] = stageRecord }
            throw error
        }
    }

    private func outcome(
        of stage: Stage, _ context: StageContext, _ cache: StageCache
    ) async -> Result<(StageReport, [RunRecord.FileRecord]), RunError> {
        do {
            for folder in [context.unfinished] + stage.outputs.map({ context.file($0).deletingLastPathComponent() }) {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            let report = try await stage.body(context)
            return .success((report, try cache.outputs(of: stage)))
        } catch {
            // A cancelled call may come to light as an error of whatever it was waiting for.
            let isCancelled = Task.isCancelled || error is CancellationError
            return .failure(isCancelled ? .interrupted(stage.name) : .failed(stage.name, error))
        }
    }

    /// Unfinished work of this stage, of this key and older ones, is of no more use.
    private func removeUnfinished(of stage: StageName, in directory: RunDirectory) {
        let folder = directory.file("unfinished")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(stage.rawValue + "-") {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
        // Fails, as it should, while another stage has unfinished work.
        rmdir(folder.path)
    }
}

extension RunError {
    fileprivate var isInterruption: Bool {
        if case .interrupted = self { return true }
        return false
    }
}
