import AttarData
import AttarTeacher
import Foundation

/// What a run is going to ask of its teacher, before anything is sent: calls, tokens, cost and time, stage by stage, and
/// how much of it the ledger holds already.
package struct RunPlan: Sendable {
    package struct Line: Sendable {
        package let stage: StageName
        package let model: String
        package let coverage: CallCoverage
        /// Calls that are still to be sent: more than are open where the first answers decide on further ones.
        package let calls: ClosedRange<Int>
        /// Whether the texts are known; else they are of a likely length.
        package let isExact: Bool
        package let inputTokens: ClosedRange<Int>
        package let outputTokens: ClosedRange<Int>
        /// In the recipe's currency; nil without prices.
        package let cost: ClosedRange<Double>?
        /// Nil where the endpoint's speed is not known: `attar teacher probe` measures it.
        package let seconds: Double?
    }

    package internal(set) var lines: [Line] = []
    /// Where labels are asked for in rounds.
    package internal(set) var rounds: Rounds?
    /// Stages that are done: they ask for nothing any more.
    package private(set) var done: [StageName] = []
    /// What the run spent so far.
    package private(set) var spent = Amount()
    package let budget: Budget

    /// Works from the ledger and the run's own record. Of held-out rows only their number and length are taken.
    package init(_ loaded: LoadedRecipe, in directory: RunDirectory) async throws {
        let recipe = loaded.recipe
        guard let section = recipe.teacher else {
            budget = Budget()
            return
        }
        let planner = CallPlanner(recipe: recipe, section: section.settled(in: directory), directory: directory)
        budget = planner.configuration.budget
        done = try Pipeline(loaded).finished(in: directory)
        let labels = try planner.labels()
        let own = try planner.ownRows(labels)
        let texts =
            if let rounds = recipe.rounds {
                try await addRounds(rounds, planner, labels: labels, own: own)
            } else {
                try await addTexts(planner, labels: labels, own: own)
            }
        if let embeddings = recipe.embeddings, !done.contains(.dataset) {
            let planner = CallPlanner(recipe: recipe, section: embeddings.teacher, directory: directory)
            lines.append(try await planner.embedding(texts, batch: embeddings.batch))
        }
        if !done.contains(.evaluate) { lines += try await planner.evaluation(labels: labels) }
        spent = try await planner.with { try await $0.ledger.spent(on: directory.account) }
    }

    /// All texts are labelled: these are given back.
    private mutating func addTexts(
        _ planner: CallPlanner, labels: [String], own: [TextRow]
    ) async throws -> [String] {
        let recipe = planner.recipe
        var texts = own.filter { $0.source == .unlabelled || recipe.labelling.includeLabelled }.map(\.text)
        var isExact = true
        if let synthesis = recipe.synthesis {
            let (line, generated) = try await planner.generation(
                synthesis, count: synthesis.texts, labels: labels, own: own)
            lines.append(line)
            isExact = line.coverage.open == 0
            texts += generated
        }
        // Once the stage is done it is known that some texts were not worth asking about.
        if done.contains(.label) {
            texts = try DatasetFile.read(planner.directory.file(Stage.answersFile)).rows.filter {
                $0.source != .labelled || recipe.labelling.includeLabelled
            }.map(\.text)
        }
        guard !texts.isEmpty else { return [] }
        lines += try await planner.labellingByAll(
            texts, labels: labels, isExact: isExact, stage: .label, isDone: done.contains(.label))
        return texts
    }
}

extension Pipeline {
    /// The first stages that a run would keep as they are.
    fileprivate func finished(in directory: RunDirectory) throws -> [StageName] {
        guard let record = try directory.record() else { return [] }
        let cache = StageCache(directory: directory, recipe: recipe)
        return try stages.prefix { stage in
            cache.isCurrent(stage, key: try cache.inputs(of: stage, record: record).key, record: record)
        }.map(\.name)
    }
}
