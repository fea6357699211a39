import ArgumentParser
import AttarPipeline

/// attar recipe
struct RecipeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe",
        abstract: "Checks a recipe, prints the schema of recipes, or lets the teacher propose attributes.",
        subcommands: [Check.self, Schema.self, RecipeAttributesCommand.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a recipe, reports everything that is wrong in it, and runs nothing.")

        @OptionGroup var recipe: RecipeOptions

        @Flag(help: "Print all keys with their values as JSON.")
        var json = false

        func run() throws {
            let loaded = try recipe.load()
            guard !json else {
                Terminal.output(loaded.values.pretty)
                return
            }
            let stages = Pipeline(loaded).stages.map(\.name.rawValue).joined(separator: " → ")
            Terminal.output("\(recipe.recipe): nothing wrong found")
            Terminal.output("run \(loaded.name): \(stages)")
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the JSON Schema of recipes, for editors.",
            discussion:
                "Editors with a YAML language server use it by a first line such as: # yaml-language-server: $schema=recipe.schema.json"
        )

        func run() {
            Terminal.output(LoadedRecipe.schema.pretty)
        }
    }
}
