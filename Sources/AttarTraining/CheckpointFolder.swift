import AttarHDF5
import Foundation

/// The checkpoints of one run: one every so many steps, of which the last few are kept.
package struct CheckpointFolder: Sendable {
    package let url: URL
    /// Steps between two checkpoints.
    package let interval: Int
    /// Checkpoints that are kept.
    package let kept: Int
    /// What else decides the run, by name: going on under another value is refused.
    package let recipe: [String: String]

    package init(_ url: URL, interval: Int, kept: Int, recipe: [String: String] = [:]) {
        precondition(interval > 0 && kept > 0)
        self.url = url
        self.interval = interval
        self.kept = kept
        self.recipe = recipe
    }

    /// Whether a step is one after which a checkpoint is to be written.
    package func isDue(after step: Int) -> Bool { step % interval == 0 }

    /// Writes a checkpoint, then deletes those that are too old. Gives its place. To be called when all that follows from
    /// the last step (a validation, say) is done and noted: a run that goes on starts with the next step.
    @discardableResult
    package func save(_ trainer: Trainer, notes: RunNotes) throws -> URL {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let digits = String(trainer.step)
        let name = Self.prefix + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + Self.suffix
        let file = url.appending(path: name)
        try Checkpoint.write(trainer, notes: notes, recipe: recipe, to: file)
        for old in try files().dropLast(kept) { try FileManager.default.removeItem(at: old) }
        for partial in try names(where: { $0.hasPrefix("." + Self.prefix) && $0.hasSuffix(".partial") }) {
            // Of a process that was killed while it wrote.
            try FileManager.default.removeItem(at: url.appending(path: partial))
        }
        return file
    }

    /// The checkpoint of the largest step; nil where there is none.
    package func latest() throws -> URL? { try files().last }

    /// Puts a trainer where the last good checkpoint's stood; nil, and nothing done, where there is none.
    ///
    /// - Parameter skipped: gets each later one that is damaged, with what is wrong. It stays until the run writes over it.
    /// - Throws: `CheckpointError.otherRun`.
    package func resume(_ trainer: Trainer, skipped: (URL, any Error) -> Void = { _, _ in }) throws -> RunNotes? {
        for file in try files().reversed() {
            do {
                return try Checkpoint.restore(trainer, recipe: recipe, from: file)
            } catch let error as HDF5Error {
                skipped(file, error)
            }
        }
        return nil
    }

    private static let prefix = "step-"
    private static let suffix = ".h5"

    /// In the order of steps.
    private func files() throws -> [URL] {
        try names { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.suffix) }
            .compactMap { name in
                let step = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
                return step.map { (step: $0, file: url.appending(path: name)) }
            }
            .sorted { $0.step < $1.step }.map(\.file)
    }

    private func names(where isWanted: (String) -> Bool) throws -> [String] {
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: url.path).filter(isWanted)
    }
}
