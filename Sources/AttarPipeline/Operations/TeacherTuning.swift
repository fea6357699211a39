import AttarData
import AttarStatistics
import AttarTeacher
import Foundation

/// `attar teacher tune`: finds the way to ask the recipe's teacher that works best on rows of data.labelled.
package struct TeacherTuning: Sendable {
    package struct Options: Sendable {
        package var rows = 48
        package var budget = Budget(requests: 1500)
        package var seed = 1
        /// Prompt forms to try; empty for those of the recipe and the other one.
        package var forms: [PromptForm] = PromptForm.allCases

        package init() {}
    }

    private let recipe: LoadedRecipe
    private let section: TeacherSection
    private let task: LabelTask
    private let material: LabMaterial
    private let options: Options
    private let ledger: URL

    /// Reads the labelled texts; nothing is sent yet.
    package init(_ recipe: LoadedRecipe, runs: String, options: Options) throws {
        guard let section = recipe.recipe.teacher else { throw TuningError.noTeacher }
        guard let file = recipe.recipe.data.labelled else { throw TuningError.noLabelledTexts }
        let data = recipe.recipe.data
        let rows = try TextTable.read(file.url, textColumn: data.textColumn, labelColumn: data.labelColumn)
            .filter { $0.text.contains { !$0.isWhitespace } }
        let listed = recipe.recipe.labels.map(\.name)
        let labels = listed.isEmpty ? Set(rows.compactMap(\.label)).sorted() : listed
        let known = Set(labels)
        let texts = recipe.recipe.privacy?.scrubber.scrub(rows.map(\.text)).texts ?? rows.map(\.text)
        let gold = zip(texts, rows).compactMap { text, row in
            row.label.flatMap { known.contains($0) ? LabelledExample(text: text, label: $0) : nil }
        }
        material = LabMaterial(gold, rows: options.rows, seed: UInt64(options.seed))
        guard material.judged.count >= TuningError.leastRows else {
            throw TuningError.fewRows(path: file.written, found: gold.count)
        }
        self.recipe = recipe
        let directory = RunDirectory(named: recipe.name, in: runs)
        self.section = section.settled(in: directory)
        self.options = options
        task = recipe.recipe.labelTask(labels: labels, teacher: self.section, similar: material.similar)
        ledger = section.ledger?.url ?? directory.sharedLedger
    }

    /// Runs the search, from the ledger where it has the answers.
    package func run(_ report: @escaping @Sendable (LabelLab.Step) -> Void = { _ in }) async throws -> TuningResult {
        do {
            return try await search(isOffline: true) { _ in }
        } catch TeacherError.notRecorded where !section.offline {
            do {
                return try await search(isOffline: false, report)
            } catch TeacherError.budgetReached(let limit, _, _, _, _) {
                throw TuningError.budgetReached(limit)
            }
        }
    }

    private func search(
        isOffline: Bool, _ report: @escaping @Sendable (LabelLab.Step) -> Void
    ) async throws -> TuningResult {
        var configuration = section.configuration(
            ledger: ledger, account: "tune \(recipe.name)", isOffline: isOffline)
        configuration.budget = options.budget
        return try await Teacher.use(configuration) { teacher in
            let hasLogprobs = try await self.hasLogprobs(teacher)
            let lab = LabelLab(
                teacher: teacher, task: task, material: material, seed: UInt64(options.seed),
                hasLogprobs: hasLogprobs)
            let candidates = LabelCandidate.candidates(
                for: task, forms: [task.form] + options.forms.filter { $0 != task.form }, hasLogprobs: hasLogprobs)
            let outcome = try await lab.run(candidates, report: report)
            return TuningResult(
                outcome, task: task, material: material, section: section, options: options,
                dividesPrior: recipe.recipe.labelling.priorCorrection, spending: teacher.spending)
        }
    }

    private func hasLogprobs(_ teacher: Teacher) async throws -> Bool {
        do {
            try await teacher.check(form: task.form)
            return true
        } catch TeacherError.noLogprobs {
            return false
        }
    }
}

package enum TuningError: Error, Equatable, CustomStringConvertible {
    case noTeacher
    case noLabelledTexts
    case fewRows(path: String, found: Int)
    case budgetReached(Budget.Limit)

    static let leastRows = 8

    package var description: String {
        switch self {
        case .noTeacher: "expected a `teacher` block in the recipe; there is none to tune"
        case .noLabelledTexts:
            "expected a file in data.labelled; there is none. A few dozen texts with right labels are what ways of asking are judged on"
        case .fewRows(let path, let found):
            "\(path): expected at least \(2 * Self.leastRows) texts with right labels; found \(found)"
        case .budgetReached(let limit):
            """
            the search's \(limit) are used up before two ways of asking could be compared: raise \(limit.option), or the recipe's own \
            limit where that is lower. Answers so far are kept and are not paid for again.
            """
        }
    }
}

extension Budget.Limit {
    /// The option of `attar teacher tune` that sets it.
    fileprivate var option: String {
        switch self {
        case .requests: "--calls"
        case .tokens: "--tokens"
        case .cost: "--cost"
        }
    }
}
