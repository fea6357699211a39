import AttarPipeline

/// Shows a run as JSON lines on standard output, for other programs.
struct JSONProgress: ProgressSink {
    func receive(_ event: RunEvent) {
        Terminal.output(Self.value(of: event).compact)
    }

    private static func value(of event: RunEvent) -> JSONValue {
        switch event {
        case .stageStarted(let stage, let isResumed):
            ["event": "stage-started", "stage": .text(stage.rawValue), "resumed": .boolean(isResumed)]
        case .progress(let progress):
            [
                "event": "progress", "stage": .text(progress.stage.rawValue), "done": .integer(progress.done),
                "total": progress.total.map { .integer($0) } ?? .null, "unit": .text(progress.unit),
                "detail": .text(progress.detail),
            ]
        case .stageFinished(let stage, let seconds, let report):
            [
                "event": "stage-finished", "stage": .text(stage.rawValue), "seconds": .number(seconds),
                "report": value(of: report),
            ]
        case .stageKept(let stage, let report):
            ["event": "stage-kept", "stage": .text(stage.rawValue), "report": value(of: report)]
        case .note(let stage, let text): ["event": "note", "stage": .text(stage.rawValue), "text": .text(text)]
        case .heldOutOpened(let stage, let reason):
            ["event": "held-out-opened", "stage": .text(stage.rawValue), "reason": .text(reason)]
        }
    }

    private static func value(of report: StageReport) -> JSONValue {
        [
            "counts": .list(
                report.counts.map { ["name": .text($0.name), "value": .integer($0.value), "reason": .text($0.reason)] }),
            "measures": .list(
                report.measures.map { ["name": .text($0.name), "value": .number($0.value), "unit": .text($0.unit)] }),
            "notes": .list(report.notes.map { .text($0) }),
        ]
    }
}
