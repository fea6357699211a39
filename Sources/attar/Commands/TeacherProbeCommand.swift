import ArgumentParser
import AttarPipeline
import AttarTeacher
import Foundation

/// attar teacher probe
struct TeacherProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Finds out what the endpoint of a recipe really does.",
        discussion: """
            Some thirty calls of a few tokens, which count against the recipe's limits. What is found is kept with the run; the second time it \
            is shown as it was found, at no cost.
            """)

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var place: RunOptions

    @Flag(help: "Ask everything anew.")
    var again = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let loaded = try recipe.load(filesMustExist: false)
        guard let section = loaded.recipe.teacher else {
            throw ValidationError("\(recipe.recipe) has no `teacher` block: there is nothing to probe")
        }
        let directory = place.directory(of: loaded)
        let file = ProbeFile(directory)
        let known = again ? nil : file.probe(of: section.endpoint, model: section.model)
        if let known, !known.speeds.isEmpty { return try show(known) }
        let configuration = section.configuration(
            ledger: section.ledger?.url ?? directory.sharedLedger, account: directory.account, isOffline: false)
        if !json {
            let key = section.apiKeyEnvironmentName.map { ", with the key from \($0)" } ?? ""
            Terminal.note("Probing \(section.model) at \(section.endpoint.absoluteString)\(key)")
        }
        let repetition = again ? Int(Date().timeIntervalSince1970) : 0
        let found = try await withInterruption {
            try await Teacher.use(configuration) { try await $0.probe(repetition: repetition) }
        }
        guard let found else { throw ValidationError("teacher.offline: nothing may be sent, so nothing can be probed") }
        try file.save(found)
        try show(found)
    }

    private func show(_ probe: TeacherProbe) throws {
        guard json else {
            for line in probe.text { Terminal.output(line) }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Terminal.output(String(decoding: try encoder.encode(probe), as: UTF8.self))
    }
}
