import AttarStatistics
import AttarTeacher
import Foundation

/// What a search for the best way to ask came to: a table for people and a fragment of a recipe.
package struct TuningResult: Sendable {
    package let outcome: LabelLab.Outcome
    package let spending: Spending
    private let task: LabelTask
    private let material: LabMaterial
    private let section: TeacherSection
    private let options: TeacherTuning.Options
    /// Whether the recipe has the prior divided out.
    private let dividesPrior: Bool

    /// Rows of the table.
    private static let shown = 12

    init(
        _ outcome: LabelLab.Outcome, task: LabelTask, material: LabMaterial, section: TeacherSection,
        options: TeacherTuning.Options, dividesPrior: Bool, spending: Spending
    ) {
        self.dividesPrior = dividesPrior
        self.outcome = outcome
        self.task = task
        self.material = material
        self.section = section
        self.options = options
        self.spending = spending
    }

    /// The table, best first, and how the winner compares with the recipe and with the bare question.
    package var lines: [String] {
        var lines = ["rows  accuracy (95 %)         calibration error    cost of 1,000 labels  way of asking"]
        lines += outcome.trials.prefix(Self.shown).map(line)
        if outcome.trials.count > Self.shown { lines.append("… and \(outcome.trials.count - Self.shown) more") }
        if outcome.untried > 0 { lines.append("left out for want of budget: \(outcome.untried)") }
        guard let winner = outcome.winner else { return lines + ["No way of asking could be tried."] }
        for (name, other, divides) in [
            ("the bare question", outcome.bare, false), ("the recipe as it stands", outcome.own, dividesPrior),
        ] {
            guard let other else { continue }
            if let text = comparison(winner, with: other, dividesPrior: divides) {
                lines.append("winner − \(name): \(text)")
            }
        }
        lines.append(
            "The winner was chosen on these \(winner.rows) rows, so expect a little less on others.")
        return lines
    }

    private func line(_ trial: LabelTrial) -> String {
        let figures = trial.best
        let correction = figures.dividesPrior ? ", prior divided out" : ""
        return [
            "\(trial.rows)".padded(to: 5),
            "\(figures.accuracy.percent) \(figures.accuracyInterval.percent)".padded(to: 24),
            "\(figures.calibrationError.percent) \(figures.calibrationInterval.percent)".padded(to: 20),
            cost(trial).padded(to: 21),
            trial.candidate.description + (trial.candidate.method == nil ? ", \(trial.method.description)" : "")
                + correction,
        ].joined(separator: " ")
    }

    private func cost(_ trial: LabelTrial) -> String {
        let price = trial.costPerThousand(
            inputPrice: section.pricePerMillionInputTokens, outputPrice: section.pricePerMillionOutputTokens)
        return price.map { String(format: "%.4g", $0) } ?? "\(trial.tokensPerThousand) tokens"
    }

    /// Difference in accuracy of the winner, corrected, and another trial's answers; a row without an answer is wrong.
    private func comparison(_ winner: LabelTrial, with other: LabelTrial, dividesPrior: Bool) -> String? {
        guard winner.rows == other.rows else { return nil }
        let none = task.labels.count
        let paired = PairedDifference(
            truth: winner.gold, first: winner.best.answers.map { $0 ?? none },
            second: other.figures(dividesPrior: dividesPrior).answers.map { $0 ?? none }, classCount: none + 1, seed: 1)
        return paired.map { paired in
            let interval = paired.accuracyInterval
            return String(
                format: "%+.1f points of accuracy (95 %%: %+.1f to %+.1f) on %d rows", 100 * paired.accuracy,
                100 * interval.lower, 100 * interval.upper, paired.rows)
        }
    }

    /// The winner as YAML that `--with` takes; nil where nothing was tried.
    package var fragment: String? {
        guard let winner = outcome.winner else { return nil }
        let candidate = winner.candidate
        let figures = winner.best
        var lines = [
            "# Written by `attar teacher tune` with \(options.rows) rows, seed \(options.seed); use it by --with.",
            "# \(candidate.description): accuracy \(figures.accuracy.percent) \(figures.accuracyInterval.percent) on "
                + "\(winner.rows) rows it was chosen on.",
            "teacher:", "  prompt-form: \(candidate.form.rawValue)", "labelling:",
            "  method: \(candidate.method?.rawValue ?? "automatic")", "  answers: \(candidate.answers.rawValue)",
            "  prior-correction: \(figures.dividesPrior)", "  list-labels: \(candidate.listsLabels ?? false)",
        ]
        if let instruction = candidate.instruction {
            lines.append("  instruction: \(JSONValue.text(instruction).compact)")
        }
        if let shortlist = candidate.shortlist { lines.append("  shortlist: \(shortlist)") }
        switch candidate.examples {
        case .own: break
        case .nearest(let count): lines += ["  nearest-examples: \(count)", "  examples: []"]
        case .fixed:
            let applied = candidate.applied(to: task, material: material, seed: UInt64(options.seed))
            lines.append("  nearest-examples: 0")
            lines.append("  examples:" + (applied.examples.isEmpty ? " []" : ""))
            for example in applied.examples {
                let value: JSONValue = ["text": .text(example.text), "label": .text(example.label)]
                lines.append("    - \(value.compact)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Double {
    fileprivate var percent: String { String(format: "%.1f %%", 100 * self) }
}

extension Interval {
    fileprivate var percent: String { String(format: "[%.1f, %.1f]", 100 * lower, 100 * upper) }
}
