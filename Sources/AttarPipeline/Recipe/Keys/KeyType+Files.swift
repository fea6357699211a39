import Foundation

/// A file that a recipe names.
package struct RecipeFile: Sendable, Equatable {
    /// As it stands in the recipe, for messages and records: no folder of this machine is in it.
    package let written: String
    package let url: URL
}

extension KeyType where Value == RecipeFile {
    /// A file to read: it must be there. `${ATTAR_DATASETS}` at the start stands for the folder of public datasets.
    package static var inputFile: KeyType { file(mustExist: true) }

    /// A file that is made where it is missing.
    package static var outputFile: KeyType { file(mustExist: false) }

    private static func file(mustExist: Bool) -> KeyType {
        let expected = "the path of a file"
        let placeholder = RecipeFile(written: "", url: URL(filePath: "/"))
        return KeyType(
            expected: expected, schema: ["type": "string", "minLength": 1], placeholder: placeholder
        ) { node, key, context in
            guard case .text(let written) = node.content, !written.isEmpty else {
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }
            guard let file = located(written, at: node.place, in: context.surroundings) else {
                let expected = "a path in which only ${ATTAR_DATASETS} stands for something, at its start"
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }
            if mustExist, context.surroundings.filesMustExist {
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: file.url.path, isDirectory: &isFolder)
                guard exists, !isFolder.boolValue else {
                    let remedy = isFolder.boolValue ? "it is a folder; name a file in it" : remedy(for: written)
                    context.report(.missingFile(path: file.url.path, remedy: remedy), at: key, place: node.place)
                    return nil
                }
            }
            return file
        } encode: {
            .text($0.written)
        }
    }

    private static let variable = "${ATTAR_DATASETS}"

    private static func located(_ written: String, at place: RecipePlace, in surroundings: RecipeSurroundings)
        -> RecipeFile?
    {
        if written.hasPrefix(variable + "/") {
            let rest = String(written.dropFirst(variable.count + 1))
            guard !rest.contains("${") else { return nil }
            return RecipeFile(
                written: written, url: surroundings.datasetsFolder.appending(path: rest).standardizedFileURL)
        }
        guard !written.contains("${") else { return nil }
        let folder = place.isOverride ? surroundings.workingFolder : surroundings.recipeFolder
        let url = URL(filePath: written, relativeTo: folder.appending(path: "", directoryHint: .isDirectory))
        return RecipeFile(written: written, url: url.standardizedFileURL)
    }

    private static func remedy(for written: String) -> String {
        guard written.hasPrefix(variable + "/"),
            let name = written.dropFirst(variable.count + 1).split(separator: "/").first
        else { return "is the path right? It starts at the folder of the recipe" }
        return "get it by `scripts/fetch-dataset \(name)`, or point ATTAR_DATASETS at a folder that has \(name)/"
    }
}
