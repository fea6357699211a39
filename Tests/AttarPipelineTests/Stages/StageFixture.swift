import AttarData
import AttarPipeline
import AttarTestSupport
import Foundation

/// A project in a folder: a recipe, its files, and a scripted teacher.
struct StageFixture {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    func run(
        _ recipe: String, set overrides: [String] = [], until: StageName = .dataset, named name: String = "run",
        progress: any ProgressSink = SilentProgress()
    ) async throws -> RunRecord {
        try folder.write(recipe, to: "recipes/recipe.yaml")
        let loaded = try LoadedRecipe(
            path: folder.url.appending(path: "recipes/recipe.yaml").path, overrides: overrides,
            workingFolder: folder.url,
            environment: [:])
        return try await Pipeline(loaded).run(until: until, in: folder.run(name), progress: progress)
    }

    /// What stops a run, in words.
    func failure(_ recipe: String, set overrides: [String] = [], until: StageName = .dataset) async -> String {
        do {
            _ = try await run(recipe, set: overrides, until: until)
            return ""
        } catch let error as RecipeError {
            return "\(error)"
        } catch {
            return Failure(error).message
        }
    }

    func dataset(_ name: String = "run") throws -> TextDataset {
        try DatasetFile.read(folder.run(name).datasetFile)
    }
}

extension RunRecord {
    func count(_ name: String, in stage: StageName) -> Int? {
        self[stage]?.report?.counts.first { $0.name == name }?.value
    }
}

/// Invented messages that no two of are near copies.
func invented(_ count: Int, label: (Int) -> String, from start: Int = 0) -> [(text: String, label: String)] {
    let subjects = ["the parcel", "my invoice", "this lamp", "your app", "our router", "that ticket", "her kettle"]
    let verbs = ["arrived", "vanished", "broke", "shone", "froze", "cost a fortune", "smelled odd", "made my day"]
    return (start..<start + count).map { index in
        var random = SeededRandom(seed: UInt64(index))
        let words = (0..<12).map { _ in
            String((0..<5).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random)! })
        }
        let text = "\(subjects[index % 7]) \(verbs[index % 8]) \(words.joined(separator: " "))"
        return (text, label(index))
    }
}

func csv(_ rows: [(text: String, label: String)]) -> String {
    "text,label\n" + rows.map { "\"\($0.text)\",\($0.label)\n" }.joined()
}
