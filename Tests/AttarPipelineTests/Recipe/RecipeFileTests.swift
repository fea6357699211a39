import AttarPipeline
import Foundation
import Testing

@Suite("Files that recipes name")
struct RecipeFileTests {
    private let text = shortRecipe.replacing("train.csv", with: "${ATTAR_DATASETS}/banking77/train.csv")

    @Test("${ATTAR_DATASETS} is the variable, or the folder datasets beside the recipes")
    func datasets() throws {
        let folder = URL(filePath: "/project/recipes/", directoryHint: .isDirectory)
        let standing = try decode(text, folder: folder).recipe.data.labelled
        #expect(standing?.url.path == "/project/datasets/banking77/train.csv")
        #expect(standing?.written == "${ATTAR_DATASETS}/banking77/train.csv")
        let set = try decode(text, environment: ["ATTAR_DATASETS": "/data"], folder: folder).recipe.data.labelled
        #expect(set?.url.path == "/data/banking77/train.csv")
    }

    @Test(
        "Only that variable stands for something, and only at the start",
        arguments: ["${HOME}/x.csv", "x/${ATTAR_DATASETS}/y.csv"])
    func otherVariables(path: String) {
        let found = problems(shortRecipe.replacing("train.csv", with: path), environment: ["HOME": "/secret"])
        #expect(found.count == 1)
        #expect(found.first?.contains("only ${ATTAR_DATASETS} stands for something") == true)
        #expect(found.first?.contains("/secret") == false)
    }

    @Test("A missing public dataset says how to get it")
    func missingDataset() {
        let found = problems(text, environment: ["ATTAR_DATASETS": "/nowhere"], filesMustExist: true)
        #expect(
            found == [
                "recipe.yaml:4:13: data.labelled: no file at /nowhere/banking77/train.csv; get it by `scripts/fetch-dataset banking77`, "
                    + "or point ATTAR_DATASETS at a folder that has banking77/"
            ])
    }

    @Test("A missing file and a folder are told apart")
    func missingFile() throws {
        let folder = try TemporaryFolder()
        #expect(problems(shortRecipe, filesMustExist: true, folder: folder.url).first?.contains("no file at") == true)
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "train.csv"), withIntermediateDirectories: true)
        #expect(
            problems(shortRecipe, filesMustExist: true, folder: folder.url).first?.contains("it is a folder") == true)
        try FileManager.default.removeItem(at: folder.url.appending(path: "train.csv"))
        try folder.write("text,label\n", to: "train.csv")
        #expect(problems(shortRecipe, filesMustExist: true, folder: folder.url).isEmpty)
    }
}

@Suite("Shipped recipes")
struct ShippedRecipeTests {
    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: projectFolder.appending(path: "recipes").path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    @Test("Each decodes, and is named after its file", arguments: names)
    func decodes(name: String) throws {
        let path = projectFolder.appending(path: "recipes/\(name)").path
        let loaded = try LoadedRecipe(path: path, environment: [:], filesMustExist: false)
        #expect(loaded.name + ".yaml" == name)
        #expect(loaded.recipe.data.heldOut != nil)
    }
}
