import Foundation

/// One step of a run: what it reads, what it makes, and how.
///
/// A stage runs again only when something that it reads has changed: the recipe keys it lists, the outputs of the stages it lists, the
/// outside files it lists, or its own revision. So the body must read nothing else, and draw nothing from clocks or chance.
package struct Stage: Sendable {
    package let name: StageName
    /// Dotted paths of recipe sections or keys.
    package let recipeKeys: [String]
    /// Earlier stages whose outputs are read.
    package let inputs: [StageName]
    /// Files outside the run, by the role they play.
    package let files: [String: URL]
    /// Raised when the same inputs are to give another output than before.
    package let revision: Int
    /// Files that the body makes, relative to the folder of the run.
    package let outputs: [String]
    package let body: @Sendable (StageContext) async throws -> StageReport

    package init(
        _ name: StageName, reads recipeKeys: [String], from inputs: [StageName] = [], files: [String: URL?] = [:],
        revision: Int = 1, makes outputs: [String], body: @escaping @Sendable (StageContext) async throws -> StageReport
    ) {
        self.name = name
        self.recipeKeys = recipeKeys
        self.inputs = inputs
        self.files = files.compactMapValues { $0 }
        self.revision = revision
        self.outputs = outputs
        self.body = body
    }
}
