import ArgumentParser
import AttarPipeline

/// A recipe and what is changed in it.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "The recipe, a YAML file.")
    var recipe: String

    @Option(
        name: .customLong("with"), parsing: .singleValue,
        help: ArgumentHelp(
            "A YAML file with keys that replace those of the recipe, such as `attar teacher tune` writes; may be repeated. --set comes after it.",
            valueName: "file"))
    var fragments: [String] = []

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Changes a key of the recipe, for example train.epochs=5; may be repeated. Paths start at the current folder.",
            valueName: "key=value"))
    var overrides: [String] = []

    func load(filesMustExist: Bool = true) throws(RecipeError) -> LoadedRecipe {
        var all: [String] = []
        for fragment in fragments { all += try RecipeFragment.overrides(path: fragment) }
        return try LoadedRecipe(path: recipe, overrides: all + overrides, filesMustExist: filesMustExist)
    }
}
