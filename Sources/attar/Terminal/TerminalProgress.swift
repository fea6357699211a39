import AttarPipeline
import Foundation
import Synchronization

/// Shows a run: one line that changes where a person watches, plain lines otherwise.
final class TerminalProgress: ProgressSink {
    private struct State {
        var stageStart = ContinuousClock.now
        /// Where counting began: what came from an earlier run tells nothing about the rate.
        var first: (done: Int, at: ContinuousClock.Instant)?
        var lastShown: ContinuousClock.Instant?
        var lineIsOpen = false
    }

    private let state = Mutex(State())
    private let isWatched: Bool
    private let showsReports: Bool

    init(isWatched: Bool = Terminal.isWatched, showsReports: Bool = true) {
        self.isWatched = isWatched
        self.showsReports = showsReports
    }

    func receive(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .stageStarted(let stage, let isResumed):
                state = State()
                if !isWatched || isResumed { line("\(stage.rawValue): \(isResumed ? "going on" : "started")", &state) }
            case .progress(let progress): show(progress, &state)
            case .stageFinished(let stage, let seconds, let report):
                line("\(stage.rawValue): done in \(Self.time(seconds))", &state)
                if showsReports { for text in report.lines { line("    " + text, &state) } }
            case .stageKept(let stage, _): line("\(stage.rawValue): kept, nothing it reads has changed", &state)
            case .note(_, let text): line(text, &state)
            case .heldOutOpened(let stage, let reason):
                line("\(stage.rawValue): held-out data opened: \(reason)", &state)
            }
        }
    }

    private func show(_ progress: StageProgress, _ state: inout State) {
        let now = ContinuousClock.now
        var first = state.first ?? (progress.done, now)
        // Counting began anew: the next part of the stage's work.
        if progress.done < first.done { first = (progress.done, now) }
        state.first = first
        let isLast = progress.total == progress.done
        let pause: Duration = isWatched ? .milliseconds(100) : .seconds(15)
        if let last = state.lastShown, now - last < pause, !(isLast && isWatched) { return }
        if !isWatched, state.lastShown == nil, now - state.stageStart < pause { return }
        state.lastShown = now
        let text = Self.text(of: progress, since: first, now: now)
        if isWatched {
            Terminal.draw("\r\u{1B}[K" + text.prefix(max(Terminal.columns - 1, 20)))
            state.lineIsOpen = true
        } else {
            Terminal.note(text)
        }
    }

    private func line(_ text: String, _ state: inout State) {
        if state.lineIsOpen { Terminal.draw("\r\u{1B}[K") }
        state.lineIsOpen = false
        Terminal.note(text)
    }

    /// "label: 120 of 800 calls, 4.1 a second, 2 min 46 s left, 30 from the ledger"
    static func text(
        of progress: StageProgress, since first: (done: Int, at: ContinuousClock.Instant), now: ContinuousClock.Instant
    ) -> String {
        var parts = ["\(progress.stage.rawValue): \(progress.done)"]
        if let total = progress.total { parts[0] += " of \(total)" }
        parts[0] += " \(progress.unit)"
        let seconds = (now - first.at) / .seconds(1)
        let done = progress.done - first.done
        if done > 0, seconds > 0 {
            let rate = Double(done) / seconds
            parts.append(rate >= 1 ? String(format: "%.1f a second", rate) : String(format: "%.1f s each", 1 / rate))
            if let total = progress.total, total > progress.done {
                parts.append("\(time(Double(total - progress.done) / rate)) left")
            }
        }
        if !progress.detail.isEmpty { parts.append(progress.detail) }
        return parts.joined(separator: ", ")
    }

    static func time(_ seconds: Double) -> String {
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
