import Foundation

/// The content of run.json: what ran, on what, when, and what came out.
package struct RunRecord: Sendable, Codable, Equatable {
    /// Raised with each change that older programs cannot read.
    package static let currentFormat = 1

    package struct RecipeRecord: Sendable, Codable, Equatable {
        package var path: String
        package var text: String
        package var overrides: [String]
        /// SHA-256 of all values after defaults and overrides.
        package var sha256: String
    }

    package enum Status: String, Sendable, Codable { case running, done, interrupted, failed }

    package struct FileRecord: Sendable, Codable, Equatable {
        /// Relative to the folder of the run, or the role of an outside file.
        package let name: String
        package let sha256: String
        package let bytes: Int
    }

    package struct StageRecord: Sendable, Codable, Equatable {
        package let name: StageName
        package let key: String
        package var status: Status
        package let inputs: [FileRecord]
        package var outputs: [FileRecord] = []
        package let startedAt: Date
        package var endedAt: Date?
        package var seconds: Double?
        package var report: StageReport?
        package var failure: String?
    }

    package struct HeldOutOpening: Sendable, Codable, Equatable {
        package let file: String
        package let sha256: String
        package let stage: StageName
        package let reason: String
        package let at: Date
        /// SHA-256 of the recipe's values at the time; nil where no recipe opened it.
        package let recipe: String?
    }

    /// Openings of a stage for its results, since the recipe last changed: those one after the other up to the last one.
    func openings(by stage: StageName, ofRecipe hash: String) -> Int {
        heldOutOpenings.filter { $0.stage == stage }.reversed().prefix { $0.recipe == hash }.count
    }

    package let format: Int
    package let name: String
    package var recipe: RecipeRecord
    package var stages: [StageRecord]
    package var heldOutOpenings: [HeldOutOpening]

    package init(name: String, recipe: LoadedRecipe) {
        format = RunRecord.currentFormat
        self.name = name
        self.recipe = RecipeRecord(recipe)
        stages = []
        heldOutOpenings = []
    }

    package subscript(stage: StageName) -> StageRecord? {
        get { stages.first { $0.name == stage } }
        set {
            stages.removeAll { $0.name == stage }
            if let newValue { stages.append(newValue) }
            stages.sort { $0.name.position < $1.name.position }
        }
    }
}

extension RunRecord.RecipeRecord {
    init(_ recipe: LoadedRecipe) {
        self.init(path: recipe.path, text: recipe.text, overrides: recipe.overrides, sha256: recipe.hash)
    }
}

extension StageName {
    fileprivate var position: Int { StageName.allCases.firstIndex(of: self) ?? 0 }
}
