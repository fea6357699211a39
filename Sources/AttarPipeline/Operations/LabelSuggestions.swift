import AttarData
import AttarRuntime
import Foundation

/// Texts that are most worth a label by hand, by what the model of a run does not know: the least sure ones, unlike each other.
///
/// Texts that have a right label, near copies of these or of each other, and texts that the held-out fingerprint knows are left out.
package struct LabelSuggestions: Sendable {
    package struct Suggestion: Sendable, Equatable {
        package let text: String
        package let label: String
        package let probability: Float
        package let why: String
    }

    package let suggestions: [Suggestion]
    /// Texts of the pool, and why some were left out.
    package let texts: Int
    package let labelled: Int
    package let copies: Int
    package let heldOut: Int
    private let data: DataSection

    /// - Parameters:
    ///   - path: the folder of a run, or its recipe.
    ///   - runs: the folder of all runs, where a recipe names the run.
    ///   - pool: texts without labels; nil takes those of the run.
    package init(path: String, runs: String, pool poolPath: String?, count: Int) throws {
        let (run, recipe) = try Self.run(path, runs: runs)
        let data = recipe.recipe.data
        self.data = data
        guard FileManager.default.fileExists(atPath: run.modelFile.path) else {
            throw SuggestionError.noModel(run: run.shownPath)
        }
        let dataset = try DatasetFile.read(run.file(Stage.textsFile))
        let reviewed = try ReviewDecisions.read(data.reviews?.url ?? ReviewDecisions.url(beside: run.datasetFile))
        let gold = dataset.rows.filter { $0.gold != nil }.map(\.text)
        var pool: [String]
        if let poolPath {
            let rows = try TextTable.read(URL(filePath: poolPath), textColumn: data.textColumn, labelColumn: nil)
            pool = rows.map { recipe.recipe.privacy?.scrubber.scrub($0.text) ?? $0.text }
        } else {
            pool = dataset.rows.filter { $0.gold == nil }.map(\.text)
            if pool.isEmpty { throw SuggestionError.noPool(run: run.shownPath) }
        }
        texts = pool.count
        let decided = Set(gold).union(pool.filter { reviewed[id: TextRow.id(of: $0)] != nil })
        pool = pool.filter { text in !decided.contains(text) && text.contains { !$0.isWhitespace } }
        labelled = texts - pool.count

        var fingerprint = try JSONDecoder().decode(
            Fingerprint.self, from: Data(contentsOf: run.file(Stage.fingerprintFile)))
        fingerprint.knowsEdits = data.lightEdits == .drop
        let isHeldOut = concurrentMap(pool) { [fingerprint] in fingerprint.knows($0) }
        heldOut = isHeldOut.count { $0 }
        pool = zip(pool, isHeldOut).filter { !$0.1 }.map(\.0)

        let known = Array(decided)
        let originals = nearDuplicates(in: known.sorted() + pool, threshold: data.nearDuplicateThreshold)
        let before = pool.count
        pool = zip(pool, originals.dropFirst(known.count)).filter { $0.1 == nil }.map(\.0)
        copies = before - pool.count
        suggestions = try Self.suggested(count, of: pool, by: run)
    }

    private static func suggested(_ count: Int, of pool: [String], by run: RunDirectory) throws -> [Suggestion] {
        let file = try openModel(run.modelFile.path)
        let model: BatchClassifier
        do throws(ModelFileError) {
            model = try BatchClassifier(file, threads: ProcessInfo.processInfo.activeProcessorCount)
        } catch {
            throw UnusableModel(path: run.modelFile.path, reason: error)
        }
        let predictions = model.predict(pool)
        return PoolPicker(texts: pool).pick(
            count, of: Array(pool.indices), probabilities: predictions.map(\.probabilities)
        ).map { pick in
            let prediction = predictions[pick.row]
            return Suggestion(
                text: pool[pick.row], label: prediction.label, probability: prediction.confidence,
                why: pick.reason.text(prediction.probabilities, labels: file.labels))
        }
    }

    private static func run(_ path: String, runs: String) throws -> (RunDirectory, LoadedRecipe) {
        guard ["yaml", "yml"].contains(URL(filePath: path).pathExtension) else {
            let run = RunDirectory(URL(filePath: path, directoryHint: .isDirectory), shownPath: path)
            let record = try run.existingRecord().recipe
            let folder = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
            let recipe = try LoadedRecipe(
                text: record.text, path: record.path, overrides: record.overrides,
                surroundings: RecipeSurroundings(
                    recipe: URL(filePath: record.path, relativeTo: folder).standardizedFileURL, workingFolder: folder,
                    environment: ProcessInfo.processInfo.environment, filesMustExist: false))
            return (run, recipe)
        }
        let recipe = try LoadedRecipe(path: path, filesMustExist: false)
        return (RunDirectory(named: recipe.name, in: runs), recipe)
    }

    /// Writes them with an empty column for the label.
    package func write(to path: String) throws(DataError) {
        try TextTable.write(
            columns: [data.textColumn, data.labelColumn, "predicted", "probability", "why"],
            rows: suggestions.map {
                [.text($0.text), .none, .text($0.label), .number($0.probability), .text($0.why)]
            }, to: URL(filePath: path))
    }

    /// What was left out, and what to do next.
    package func story(writtenTo path: String?) -> [String] {
        var lines = [
            "\(suggestions.count) of \(texts) texts; left out: \(labelled) labelled or empty, \(copies) near copies, \(heldOut) held out"
        ]
        guard let path, !suggestions.isEmpty else { return lines }
        let use =
            data.labelled.map { "add the rows to \($0.written)" }
            ?? "name the file in the recipe (data.labelled: \(path))"
        lines.append(
            "Fill in the column \(data.labelColumn), without looking at `predicted` first; take out rows that have none; then \(use) and run again."
        )
        return lines
    }

    package var json: JSONValue {
        [
            "texts": .integer(texts), "labelled": .integer(labelled), "near-copies": .integer(copies),
            "held-out": .integer(heldOut),
            "suggestions": .list(
                suggestions.map {
                    [
                        "text": .text($0.text), "predicted": .text($0.label),
                        "probability": .number(Double($0.probability)), "why": .text($0.why),
                    ]
                }),
        ]
    }
}

extension PoolPick.Reason {
    func text(_ probabilities: [Float], labels: [String]) -> String {
        guard case .unsure(let first, let second, _) = self, labels.count > 1 else { return "drawn by chance" }
        func share(_ label: Int) -> String { "\(labels[label]) (\((probabilities[label] * 100).rounded() / 100))" }
        return "between \(share(first)) and \(share(second))"
    }
}

/// A run that nothing can be suggested for.
package enum SuggestionError: Error, CustomStringConvertible, Equatable {
    case noModel(run: String)
    case noPool(run: String)

    package var description: String {
        switch self {
        case .noModel(let run): "\(run): expected a trained model, model.attar; found none. `attar run` makes it"
        case .noPool(let run):
            "\(run): expected texts without labels; the run has none. Name a file of them: --pool texts.csv"
        }
    }
}
