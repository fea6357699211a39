import ArgumentParser
import AttarPipeline

/// Which run, and where.
struct RunOptions: ParsableArguments {
    @Option(name: .customLong("run"), help: "Name of the run and its folder. Default: the recipe's name.")
    var runName: String?

    @Option(help: "The folder of all runs.")
    var runs = "runs"

    func directory(of recipe: LoadedRecipe) -> RunDirectory { RunDirectory(named: runName ?? recipe.name, in: runs) }

    func validate() throws {
        if let runName, runName.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]{0,63}/) == nil {
            throw ValidationError(
                "--run \(runName): expected a name of 1 to 64 letters, digits, `.`, `_` and `-`. To choose the folder use --runs"
            )
        }
    }
}
