import Foundation

/// A run at a glance: its stages, what they made, and whether that still fits together.
package struct RunSummary: Sendable {
    package let record: RunRecord
    package let directory: RunDirectory
    /// Whether a process is at work on it.
    private let isHeld: Bool

    package init(_ directory: RunDirectory) throws(RunError) {
        self.directory = directory
        record = try directory.existingRecord()
        isHeld = RunLock.isHeld(directory)
    }

    package var lines: [String] {
        var lines = ["run \(record.name), recipe \(record.recipe.path)"]
        if !record.recipe.overrides.isEmpty {
            lines.append("  set: \(record.recipe.overrides.joined(separator: " "))")
        }
        for stage in record.stages {
            let time = stage.seconds.map { String(format: "%.1f s", $0) } ?? ""
            lines.append("\(stage.name.rawValue.padded(to: 10)) \(state(of: stage).padded(to: 12)) \(time)")
            if let failure = stage.failure { lines.append("    \(failure)") }
            for output in stage.outputs {
                lines.append("    \(output.name)  \(output.bytes) bytes  \(output.sha256.prefix(12))")
            }
            lines += (stage.report?.lines ?? []).map { "    " + $0 }
        }
        lines.append("held-out data opened: \(record.heldOutOpenings.count) times")
        for opening in record.heldOutOpenings {
            lines.append("    \(opening.at.formatted(.iso8601))  \(opening.stage.rawValue): \(opening.reason)")
        }
        return lines
    }

    /// A finished stage is out of date where an earlier stage has made something else since.
    private func state(of stage: RunRecord.StageRecord) -> String {
        if stage.status == .running, !isHeld { return "interrupted" }
        guard stage.status == .done else { return stage.status.rawValue }
        let outputs = record.stages.flatMap(\.outputs)
        let isCurrent = stage.inputs.allSatisfy { input in
            outputs.first { $0.name == input.name }.map { $0.sha256 == input.sha256 } ?? true
        }
        return isCurrent ? "done" : "out of date"
    }
}

extension String {
    package func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}

extension StageReport {
    /// One line for each thing that it has to say.
    package var lines: [String] {
        counts.map { "\($0.name): \($0.value)" + ($0.reason.isEmpty ? "" : " (\($0.reason))") }
            + measures.map { measure in
                "\(measure.name): \(String(format: "%.4g", measure.value))"
                    + (measure.unit.isEmpty ? "" : " \(measure.unit)")
            } + notes
    }
}
