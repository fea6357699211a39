import Foundation

/// Decides whether what an earlier run of a stage has made can stand.
struct StageCache {
    let directory: RunDirectory
    let recipe: LoadedRecipe

    /// What a stage reads, with hashes, and the key made of it.
    struct Inputs {
        let files: [RunRecord.FileRecord]
        let key: String
    }

    /// Throws `RunError.missingInput` where an outside file is gone.
    func inputs(of stage: Stage, record: RunRecord) throws(RunError) -> Inputs {
        var files: [RunRecord.FileRecord] = []
        for input in stage.inputs { files += record[input]?.outputs ?? [] }
        for (role, url) in stage.files.sorted(by: { $0.key < $1.key }) {
            guard FileManager.default.fileExists(atPath: url.path) else {
                throw .missingInput(stage: stage.name, file: url.path)
            }
            let (sha256, bytes) = try fileHash(of: url)
            files.append(RunRecord.FileRecord(name: role, sha256: sha256, bytes: bytes))
        }
        let description: JSONValue = [
            "stage": .text(stage.name.rawValue), "revision": .integer(stage.revision),
            "recipe": recipe.values(of: stage.recipeKeys),
            "inputs": .list(files.map { [.text($0.name), .text($0.sha256)] }),
        ]
        return Inputs(files: files, key: textHash(of: description.canonical))
    }

    /// Whether a finished stage has this key and its outputs are on the disk as it left them.
    func isCurrent(_ stage: Stage, key: String, record: RunRecord) -> Bool {
        guard let done = record[stage.name], done.status == .done, done.key == key,
            done.outputs.map(\.name) == stage.outputs
        else { return false }
        return done.outputs.allSatisfy(isIntact)
    }

    func isIntact(_ output: RunRecord.FileRecord) -> Bool {
        guard let (sha256, bytes) = try? fileHash(of: directory.file(output.name)) else { return false }
        return bytes == output.bytes && sha256 == output.sha256
    }

    /// The outputs of a stage whose body has ended.
    func outputs(of stage: Stage) throws(RunError) -> [RunRecord.FileRecord] {
        var outputs: [RunRecord.FileRecord] = []
        for name in stage.outputs {
            guard FileManager.default.fileExists(atPath: directory.file(name).path) else {
                throw .missingOutput(stage: stage.name, file: name)
            }
            let (sha256, bytes) = try fileHash(of: directory.file(name))
            outputs.append(RunRecord.FileRecord(name: name, sha256: sha256, bytes: bytes))
        }
        return outputs
    }
}
