import AttarPipeline
import Foundation

/// A folder that is gone when the test ends.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "attar-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> URL {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }

    func run(_ name: String = "run") -> RunDirectory {
        RunDirectory(url.appending(path: "runs/\(name)", directoryHint: .isDirectory), shownPath: "runs/\(name)")
    }
}

/// The shortest recipe that means something.
let shortRecipe = """
    attar: 1
    labels: [good, bad]
    data:
      labelled: train.csv

    """

/// Decodes the text of a recipe without looking for its files.
func decode(
    _ text: String, set overrides: [String] = [], environment: [String: String] = [:], filesMustExist: Bool = false,
    folder: URL = URL(filePath: "/recipes/", directoryHint: .isDirectory)
) throws(RecipeError) -> LoadedRecipe {
    try LoadedRecipe(
        text: text, path: "recipe.yaml", overrides: overrides,
        surroundings: RecipeSurroundings(
            recipe: folder.appending(path: "recipe.yaml"),
            workingFolder: URL(filePath: "/elsewhere/", directoryHint: .isDirectory),
            environment: environment, filesMustExist: filesMustExist))
}

/// What is wrong with a recipe, one message each.
func problems(
    _ text: String, set overrides: [String] = [], environment: [String: String] = [:], filesMustExist: Bool = false,
    folder: URL = URL(filePath: "/recipes/", directoryHint: .isDirectory)
) -> [String] {
    do {
        _ = try decode(
            text, set: overrides, environment: environment, filesMustExist: filesMustExist, folder: folder)
        return []
    } catch .invalid(let issues) {
        return issues.map(\.description)
    } catch {
        return ["\(error)"]
    }
}

/// The root of the project, found from this file.
let projectFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
