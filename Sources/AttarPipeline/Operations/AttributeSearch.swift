import AttarTeacher
import Foundation

/// `attar recipe attributes`: asks the recipe's teacher for values of attributes, for a person to approve.
package struct AttributeSearch: Sendable {
    package struct Options: Sendable {
        package var names: [String]
        /// Attributes that have a list for each label.
        package var namesByLabel: [String]
        package var count = 20

        package init(names: [String], byLabel: [String] = []) {
            self.names = names
            namesByLabel = byLabel
        }
    }

    private let recipe: LoadedRecipe
    private let section: TeacherSection
    private let directory: RunDirectory
    private let options: Options

    package init(_ recipe: LoadedRecipe, runs: String, options: Options) throws(AttributeSearchError) {
        guard let section = recipe.recipe.teacher else { throw .noTeacher }
        if !options.namesByLabel.isEmpty, recipe.recipe.labels.isEmpty { throw .noLabels(options.namesByLabel[0]) }
        let names = options.names + options.namesByLabel
        for (index, name) in names.enumerated() {
            guard name.wholeMatch(of: /[a-z][a-z0-9\-]*/) != nil else { throw .badName(name) }
            if names[..<index].contains(name) { throw .repeatedName(name) }
        }
        self.recipe = recipe
        self.section = section
        self.options = options
        directory = RunDirectory(named: recipe.name, in: runs)
    }

    /// Asks the ledger first, then the endpoint. Throws `AttributeSearchError.nothingProposed` where no answer has a value.
    package func run(_ report: (AttributeProposal) -> Void = { _ in }) async throws -> ProposedAttributes {
        let proposed: ProposedAttributes
        do {
            proposed = try await ask(isOffline: true, report)
        } catch TeacherError.notRecorded where !section.offline {
            proposed = try await ask(isOffline: false, report)
        }
        guard proposed.proposals.contains(where: { !$0.values.isEmpty }) else {
            throw AttributeSearchError.nothingProposed(proposed.proposals)
        }
        return proposed
    }

    private func ask(isOffline: Bool, _ report: (AttributeProposal) -> Void) async throws -> ProposedAttributes {
        let configuration = section.configuration(
            ledger: section.ledger?.url ?? directory.sharedLedger, account: "attributes \(recipe.name)",
            isOffline: isOffline)
        return try await Teacher.use(configuration) { teacher in
            let form = try await form(teacher)
            var proposals: [AttributeProposal] = []
            for question in questions(form) {
                let proposal = try await teacher.propose(question)
                // From the ledger alone it may yet turn out that something is missing.
                if !isOffline { report(proposal) }
                proposals.append(proposal)
            }
            if isOffline { proposals.forEach(report) }
            return ProposedAttributes(
                proposals: proposals, byLabel: options.namesByLabel, model: section.model, spending: teacher.spending)
        }
    }

    /// The recipe's; where it leaves it open, what the run's probe says, else a probe now.
    private func form(_ teacher: Teacher) async throws -> PromptForm {
        var settled = section.settled(in: directory)
        if settled.promptForm == .automatic, let probe = try await teacher.probe(measuresSpeed: false) {
            settled = section.settled(by: probe)
        }
        return settled.form
    }

    private func questions(_ form: PromptForm) -> [AttributeQuestion] {
        let recipe = recipe.recipe
        let about = recipe.about ?? recipe.synthesis?.instruction ?? recipe.labels.map(\.name).joined(separator: ", ")
        func question(_ name: String, label: String?) -> AttributeQuestion {
            let values = recipe.synthesis?.attributes.first { $0.name == name }?.value
            let known =
                label.flatMap { label in values?.byLabel.first { $0.name == label }?.value } ?? values?.shared ?? []
            return AttributeQuestion(
                about: about, name: name, labels: recipe.labels.map(\.name), label: label, known: known,
                count: options.count, form: form)
        }
        return options.names.map { question($0, label: nil) }
            + options.namesByLabel.flatMap { name in recipe.labels.map { question(name, label: $0.name) } }
    }
}

/// What a teacher proposed: lines for a person and a fragment of a recipe.
package struct ProposedAttributes: Sendable {
    package let proposals: [AttributeProposal]
    let byLabel: [String]
    let model: String
    package let spending: Spending

    /// YAML that `--with` takes: the values that the recipe has already, then those that were proposed.
    package var fragment: String {
        var lines = [
            "# Proposed by \(model) through `attar recipe attributes`, and looked at by nobody yet: take out what does not fit,",
            "# then use it by --with.", "synthesis:", "  attributes:",
        ]
        var last: String?
        for proposal in proposals {
            let values = proposal.question.known + proposal.values
            guard !values.isEmpty else { continue }
            let indent = byLabel.contains(proposal.question.name) ? "      " : "    "
            if let label = proposal.question.label {
                if last != proposal.question.name { lines.append("    \(proposal.question.name):") }
                lines.append("\(indent)\(JSONValue.text(label).compact):")
            } else {
                lines.append("    \(proposal.question.name):")
            }
            last = proposal.question.name
            lines += values.map { "\(indent)  - \(JSONValue.text($0).compact)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension AttributeProposal {
    /// For a person to look through.
    package var lines: [String] {
        let label = question.label.map { " (\($0))" } ?? ""
        return ["\(question.name)\(label): \(values.count) proposed"] + values.map { "  \($0)" }
            + (complaint.map { ["  Look closely: \($0). A larger teacher may do better."] } ?? [])
    }
}

package enum AttributeSearchError: Error, Equatable, CustomStringConvertible {
    case nothingProposed([AttributeProposal])
    case noTeacher
    case noLabels(String)
    case badName(String)
    case repeatedName(String)

    package var description: String {
        switch self {
        case .nothingProposed(let proposals):
            "expected values of \(AttributeSearchError.asked(proposals)); found none in \(proposals.reduce(0) { $0 + $1.answers }) answers: "
                + AnswerSamples(proposals.flatMap(\.uselessAnswers)).text
                + ". Say in `about` what the texts are, give some values yourself, or ask another teacher"
        case .noTeacher: "expected a `teacher` block in the recipe; there is none to ask"
        case .noLabels(let name): "--by-label \(name): expected `labels` in the recipe; they are not listed there"
        case .badName(let name):
            "“\(name)”: expected a name of small letters, digits and `-` that starts with a letter, such as persona"
        case .repeatedName(let name): "“\(name)”: expected each attribute once; it is there twice"
        }
    }

    private static func asked(_ proposals: [AttributeProposal]) -> String {
        let names = proposals.map(\.question.name).enumerated()
        let different = names.filter { index, name in !names.prefix(index).contains { $0.element == name } }
        return different.map { "`\($0.element)`" }.joined(separator: ", ")
    }
}
