import ArgumentParser
import AttarPipeline

/// A recipe and what is changed in it.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "The recipe, a YAML file.")
    var recipe: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Changes a key of the recipe, for example train.epochs=5; may be repeated. Paths start at the current folder.",
            valueName: "key=value"))
    var overrides: [String] = []

    func load(filesMustExist: Bool = true) throws(RecipeError) -> LoadedRecipe {
        try LoadedRecipe(path: recipe, overrides: overrides, filesMustExist: filesMustExist)
    }
}
