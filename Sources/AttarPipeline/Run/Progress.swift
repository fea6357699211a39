/// How far a stage has come.
package struct StageProgress: Sendable, Equatable {
    package let stage: StageName
    package let done: Int
    /// Nil where nobody knows how much there is.
    package let total: Int?
    /// What is counted, in the plural: "texts", "epochs".
    package let unit: String
    /// What is happening, in a few words; may be empty.
    package let detail: String

    package init(stage: StageName, done: Int, total: Int?, unit: String, detail: String = "") {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.detail = detail
    }
}

/// What happens in a run, in order.
package enum RunEvent: Sendable {
    /// `isResumed`: the stage was begun before with the same inputs and did not end.
    case stageStarted(StageName, isResumed: Bool)
    case progress(StageProgress)
    case stageFinished(StageName, seconds: Double, StageReport)
    /// Nothing that the stage reads has changed: its outputs stand.
    case stageKept(StageName, StageReport)
    case note(StageName, String)
    case heldOutOpened(StageName, reason: String)
}

/// Takes the events of a run: a terminal, a log, a test. Called from any thread.
package protocol ProgressSink: Sendable {
    func receive(_ event: RunEvent)
}

/// Takes events and does nothing.
package struct SilentProgress: ProgressSink {
    package init() {}
    package func receive(_ event: RunEvent) {}
}
