import ArgumentParser
import AttarData
import AttarPipeline
import Foundation

/// attar dataset review
struct DatasetReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Shows suspicious and random rows, to keep, drop or relabel them.",
        discussion: """
            Keys: k keep, d drop, 1 to 9 another label, s skip, u undo, q quit. Decisions are remembered at once, and are asked for once.
            A recipe applies them where it names their file: data.reviews.
            A team fills in a table: --export reviews.csv, then --import reviews.csv.
            """)

    @Argument(help: "A dataset, or the folder of a run.")
    var path: String

    @Option(help: "How many suspicious rows to show, the most suspicious first.")
    var suspicious = 50

    @Option(help: "How many rows drawn by chance to show after them.")
    var random = 50

    @Option(help: "Draws other rows.")
    var seed: UInt64 = 0

    @Option(help: "The file of decisions. Default: beside the dataset, as dataset.reviews.json.")
    var decisions: String?

    @Option(name: .customLong("export"), help: "Write the rows as a table for others to fill in: .csv or .jsonl.")
    var exportTable: String?

    @Option(name: .customLong("import"), help: "Take over the column `decision` of a table.")
    var importTable: String?

    func validate() throws {
        if suspicious < 0 { throw ValidationError("--suspicious \(suspicious): expected 0 or more") }
        if random < 0 { throw ValidationError("--random \(random): expected 0 or more") }
        if exportTable != nil, importTable != nil {
            throw ValidationError("expected --export or --import, found both: one of them at a time")
        }
    }

    func run() throws {
        var review = try DatasetReview(path: path, decisions: decisions)
        if let exportTable {
            let count = try review.export(queue, to: exportTable)
            Terminal.output(
                "\(exportTable): \(count) rows. Fill in the column decision (keep, drop or a label), then --import it.")
        } else if let importTable {
            let count = try review.takeOver(importTable)
            Terminal.output("\(review.decisionsFile.relativePath): \(count) decisions taken over")
            tellUse(of: review)
        } else {
            try ask(&review)
        }
    }

    private var queue: ReviewQueue {
        var queue = ReviewQueue()
        (queue.suspicious, queue.random, queue.seed) = (suspicious, random, seed)
        return queue
    }

    private func ask(_ review: inout DatasetReview) throws {
        guard let keys = SingleKeys() else {
            throw ValidationError(
                "expected a terminal to read single keys from, found none. "
                    + "Write a table with --export reviews.csv, fill it in, and take it over with --import reviews.csv")
        }
        defer { keys.restore() }
        var session = review.session(queue)
        if session.items.isEmpty { Terminal.output("Nothing is left to decide about.") }
        let labels = review.dataset.labels.prefix(9).enumerated().map { "\($0 + 1) \($1)" }.joined(separator: "  ")
        var isShown = false
        while let item = session.current {
            if !isShown { show(item, of: session, review) }
            Terminal.draw("k keep  d drop  \(labels)  s skip  u undo  q quit > ")
            guard let character = keys.next() else { break }
            guard let key = ReviewSession.Key(character) else {
                Terminal.draw("\nThat key means nothing here.\n")
                isShown = true
                continue
            }
            Terminal.draw("\(character)\n")
            let outcome = session.press(key)
            isShown = outcome == .impossible
            switch outcome {
            case .decided, .undone: try review.save(session)
            case .impossible: Terminal.note(key == .undo ? "Nothing to undo." : "There is no label of that number.")
            case .skipped, .ended: break
            }
        }
        let count = session.decisions.count
        Terminal.output("\n\(review.decisionsFile.relativePath): \(count) decision\(count == 1 ? "" : "s")")
        tellUse(of: review)
    }

    private func show(_ item: ReviewItem, of session: ReviewSession, _ review: DatasetReview) {
        Terminal.output("\n[\(session.position + 1) of \(session.items.count)]")
        for line in review.lines(about: item) {
            // What is in a text must not steer the terminal.
            Terminal.output(String(line.map { $0.unicodeScalars.allSatisfy(\.isControl) ? " " : $0 }))
        }
    }

    private func tellUse(of review: DatasetReview) {
        guard review.decisions.count > 0 else { return }
        Terminal.note("To apply them, name the file in the recipe: data.reviews")
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
