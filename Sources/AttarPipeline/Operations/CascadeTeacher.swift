import AttarTeacher
import Foundation

/// The teacher of a recipe, for texts that a model defers: answers come from the ledger where they were paid for, and never become
/// training labels.
package struct CascadeTeacher: Sendable {
    private let recipe: LoadedRecipe
    private let section: TeacherSection
    private let labels: [String]
    private let ledger: URL

    /// What the teacher says of one text.
    package struct Answer: Sendable {
        /// One a label of the model; nil where the teacher named no label.
        package let probabilities: [Double]?
    }

    /// - Parameters:
    ///   - labels: those of the model, which must be the recipe's where it lists any.
    ///   - runs: the folder of all runs, whose ledger is used where the recipe names none.
    package init(_ recipe: LoadedRecipe, labels: [String], runs: String) throws(CascadeTeacherError) {
        guard let section = recipe.recipe.teacher else { throw .noTeacher(recipe: recipe.path) }
        let listed = recipe.recipe.labels.map(\.name)
        guard listed.isEmpty || Set(listed) == Set(labels) else {
            throw .otherLabels(recipe: recipe.path, listed: listed, model: labels)
        }
        self.recipe = recipe
        let directory = RunDirectory(named: recipe.name, in: runs)
        self.section = section.settled(in: directory)
        self.labels = labels
        ledger = section.ledger?.url ?? directory.sharedLedger
    }

    /// Who is asked, where, and with which key: to be shown before anything is sent.
    package var description: String {
        let variable = section.apiKeyEnvironmentName.map { ", with the key from \($0)" } ?? ""
        return "Teacher: \(section.model) at \(section.endpoint.absoluteString)\(variable)"
    }

    /// An answer a text, in their order; `note` is told before anything is sent.
    package func answers(to texts: [String], note: (String) -> Void) async throws -> [Answer] {
        guard !texts.isEmpty else { return [] }
        let sent = recipe.recipe.privacy?.scrubber.scrub(texts).texts ?? texts
        let given: [LabelAnswer]
        do {
            given = try await ask(sent, isOffline: true)
        } catch TeacherError.notRecorded where !section.offline {
            note(description)
            given = try await ask(sent, isOffline: false)
        }
        return given.map { Answer(probabilities: $0.isAnswered ? $0.probabilities : nil) }
    }

    private func ask(_ texts: [String], isOffline: Bool) async throws -> [LabelAnswer] {
        let task = recipe.recipe.labelTask(
            labels: labels, teacher: section, similar: try recipe.recipe.similarExamplesOfFile(labels: labels))
        let configuration = section.configuration(
            ledger: ledger, account: "predict \(recipe.name)", isOffline: isOffline)
        return try await Teacher.use(configuration) { teacher in
            // Answers of one purpose never serve another: these are no training labels either.
            do {
                return try await teacher.label(texts, task: task, purpose: .evaluation)
            } catch TeacherError.noLogprobs where task.method == nil {
                return try await teacher.label(texts, task: task, purpose: .evaluation, hasLogprobs: false)
            }
        }
    }
}

package enum CascadeTeacherError: Error, CustomStringConvertible {
    case noTeacher(recipe: String)
    case otherLabels(recipe: String, listed: [String], model: [String])
    case noCascade(model: String)

    package var description: String {
        switch self {
        case .noTeacher(let recipe):
            "\(recipe): expected a `teacher` section, to answer what the model defers; found none"
        case .otherLabels(let recipe, let listed, let model):
            """
            \(recipe): expected the model's labels \(model.joined(separator: ", ")); found \(listed.joined(separator: ", ")). \
            Is it the recipe that the model was made from?
            """
        case .noCascade(let model):
            "\(model): the file does not say which texts it answers by itself. Add a `cascade` section to its recipe and export anew"
        }
    }
}
