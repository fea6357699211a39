import AttarEvaluation
import Foundation

/// What the body of a stage works with.
package struct StageContext: Sendable {
    package let stage: StageName
    package let recipe: LoadedRecipe
    package let directory: RunDirectory
    /// SHA-256 of everything the stage reads.
    package let key: String
    /// A folder for unfinished work such as training checkpoints. It belongs to this key: it is there again when the stage was interrupted and
    /// is run again with the same inputs, and is removed when the stage is done.
    package let unfinished: URL

    private let progressSink: any ProgressSink
    private let recorder: RunRecorder

    init(
        stage: StageName, recipe: LoadedRecipe, directory: RunDirectory, key: String, recorder: RunRecorder,
        progress: any ProgressSink
    ) {
        self.stage = stage
        self.recipe = recipe
        self.directory = directory
        self.key = key
        unfinished = directory.unfinishedFolder(of: stage, key: key)
        self.recorder = recorder
        progressSink = progress
    }

    /// Where an output, or an input made by an earlier stage, is.
    package func file(_ name: String) -> URL { directory.file(name) }

    /// What earlier stages have reported in this run.
    package var reports: [StageName: StageReport] { recorder.reports }

    /// Tells how far the work is. Throws `CancellationError` when the user has stopped the run: call it between steps.
    package func progress(_ done: Int, of total: Int? = nil, _ unit: String, detail: String = "")
        throws(CancellationError)
    {
        show(done, of: total, unit, detail: detail)
        if Task.isCancelled { throw CancellationError() }
    }

    /// Tells how far the work is, where something else looks out for cancellation.
    package func show(_ done: Int, of total: Int? = nil, _ unit: String, detail: String = "") {
        progressSink.receive(
            .progress(StageProgress(stage: stage, done: done, total: total, unit: unit, detail: detail)))
    }

    /// How often held-out data was opened to evaluate this run, this time included: ever, and since the recipe last changed.
    package var heldOutOpenings: (ever: Int, sinceRecipeChanged: Int) {
        let record = recorder.record
        return (
            record.heldOutOpenings.count { $0.stage == .evaluate },
            record.openings(by: .evaluate, ofRecipe: record.recipe.sha256)
        )
    }

    /// Seconds that an earlier stage took in this run; nil where it has not ended.
    package func seconds(of stage: StageName) -> Double? { recorder.record[stage]?.seconds }

    /// Tells the user something at once, such as a licence.
    package func note(_ text: String) {
        progressSink.receive(.note(stage, text))
    }

    /// Adds a line to metrics.jsonl.
    package func metric(_ values: JSONValue) throws {
        try recorder.append(metric: values, of: stage)
    }

    /// Records in run.json that held-out data is opened, and why, before it is read.
    ///
    /// - Parameter columns: further columns that its rows are to be grouped by.
    package func openHeldOut(
        _ file: RecipeFile, labels: [String], columns: [String] = [], reason: String
    ) throws -> HeldOutSet {
        let data = recipe.recipe.data
        return try HeldOutSet(
            opening: file.url, shownPath: file.written, textColumn: data.textColumn, labelColumn: data.labelColumn,
            labels: labels, columns: columns
        ) {
            try recorder.recordOpening(of: file, stage: stage, reason: reason)
            progressSink.receive(.heldOutOpened(stage, reason: reason))
        }
    }
}
