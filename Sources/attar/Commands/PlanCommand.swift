import ArgumentParser
import AttarPipeline

/// attar plan
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Says what a run would ask of its teacher, and what that would cost.",
        discussion: """
            Calls, tokens, cost and time of each stage, and how much of it the ledger holds already. Nothing is sent, and held-out rows are \
            not read.
            """)

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var place: RunOptions

    @Flag(help: "Print the plan as JSON.")
    var json = false

    func run() async throws {
        let loaded = try recipe.load()
        let plan = try await RunPlan(loaded, in: place.directory(of: loaded))
        guard json else {
            for line in plan.text { Terminal.output(line) }
            return
        }
        Terminal.output(plan.json.compact)
    }
}
