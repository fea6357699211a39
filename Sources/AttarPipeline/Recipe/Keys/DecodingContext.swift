import Foundation

/// What decoding needs besides the text: where paths start, and what the environment says.
package struct RecipeSurroundings: Sendable {
    /// The folder of the recipe: paths in the file start here.
    package var recipeFolder: URL
    /// Paths in `--set` arguments start here, where the shell completed them.
    package var workingFolder: URL
    /// What `${ATTAR_DATASETS}` stands for.
    package var datasetsFolder: URL
    /// False where a recipe is only looked at: a missing input file is no error then.
    package var filesMustExist: Bool

    package init(
        recipe: URL, workingFolder: URL, environment: [String: String], filesMustExist: Bool = true
    ) {
        recipeFolder = recipe.deletingLastPathComponent()
        self.workingFolder = workingFolder
        self.filesMustExist = filesMustExist
        if let datasets = environment["ATTAR_DATASETS"], !datasets.isEmpty {
            datasetsFolder = URL(filePath: datasets, relativeTo: workingFolder).standardizedFileURL
        } else {
            datasetsFolder = recipeFolder.deletingLastPathComponent().appending(path: "datasets")
        }
    }
}

/// State of one pass over a recipe: all issues are collected, so that a user corrects them at once.
package struct DecodingContext {
    package let surroundings: RecipeSurroundings
    package private(set) var issues: [RecipeIssue] = []
    private var places: [String: RecipePlace] = [:]

    init(surroundings: RecipeSurroundings) {
        self.surroundings = surroundings
    }

    mutating func remember(_ place: RecipePlace, of key: String) {
        places[key] = place
    }

    mutating func report(_ problem: RecipeIssue.Problem, at key: String, place: RecipePlace) {
        issues.append(RecipeIssue(place: place, key: key, problem: problem))
    }

    /// Reports at the place where the key is written, or at the nearest list or section around it.
    mutating func report(_ problem: RecipeIssue.Problem, at key: String, otherwise place: RecipePlace) {
        var path = key
        while places[path] == nil, let end = path.lastIndex(where: { ".[".contains($0) }) {
            path = String(path[..<end])
        }
        report(problem, at: key, place: places[path] ?? place)
    }
}
