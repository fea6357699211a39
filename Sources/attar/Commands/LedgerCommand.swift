import ArgumentParser
import AttarPipeline
import AttarTeacher
import Foundation

/// attar ledger
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Looks after the file that keeps every answer of a teacher.",
        discussion: "Any ledger serves as a teacher: with `teacher.offline: true` a recipe is answered from it alone.",
        subcommands: [Stats.self, Export.self, Import.self, Vacuum.self])

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What a ledger holds, and what runs have spent.")

        @Argument(help: "The ledger, such as runs/ledger.sqlite.")
        var ledger: String

        @Flag(help: "Also read the whole file and check that it is intact.")
        var check = false

        func run() async throws {
            let ledger = try LedgerOperations.open(ledger)
            if check { try await ledger.verifyIntegrity() }
            for line in LedgerOperations.text(of: try await ledger.statistics()) { Terminal.output(line) }
            if check { Terminal.output("intact") }
            try ledger.close()
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Writes the answers as JSON lines.")

        @Argument(help: "The ledger.")
        var ledger: String

        @Option(name: .customLong("to"), help: "Where to write the lines (.jsonl).")
        var file: String

        @Flag(help: "Leave out what was sent: keys and answers only, without the texts.")
        var answersOnly = false

        func run() async throws {
            let opened = try LedgerOperations.open(ledger)
            let count = try await opened.export(
                to: URL(filePath: file), answersOnly ? .answers : .requestsAndAnswers)
            try opened.close()
            Terminal.output("\(file): \(count) answers")
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds recorded answers; the ledger is made where there is none.",
            discussion: """
                Takes what `attar ledger export` writes, or labels that were recorded by row: JSON lines with split, row (from 0) and \
                top_logprobs. For those name the teacher and the tables: --model NAME --training train=train.csv --evaluation test=test.csv. \
                A recipe with this teacher.model and teacher.offline: true then finds them by text. Answers for evaluation never become \
                training labels.
                """)

        @Argument(help: "The ledger.")
        var ledger: String

        @Option(name: .customLong("from"), help: "The recorded answers (.jsonl).")
        var file: String

        @Option(help: "The name of the teacher that gave the labels.")
        var model: String?

        @Option(
            parsing: .singleValue, help: ArgumentHelp("A split to train from, and its table.", valueName: "split=table")
        )
        var training: [String] = []

        @Option(
            parsing: .singleValue,
            help: ArgumentHelp("A split to measure the teacher on, and its table.", valueName: "split=table"))
        var evaluation: [String] = []

        @Option(help: "The column of texts in the tables.")
        var textColumn = "text"

        func validate() throws {
            guard (model != nil) == !(training + evaluation).isEmpty else {
                throw ValidationError("labels by row need both --model and --training or --evaluation")
            }
        }

        func run() async throws {
            let file = URL(filePath: file)
            let splits =
                try training.map { try LedgerOperations.split($0, purpose: .training, textColumn: textColumn) }
                + evaluation.map { try LedgerOperations.split($0, purpose: .evaluation, textColumn: textColumn) }
            var parts: [String] = []
            let counts = try await LedgerOperations.adding(to: ledger, from: self.file) { ledger in
                guard let model else { return try await ledger.importRecording(from: file) }
                let (taken, skipped) = try await ledger.importLabels(from: file, splits: splits, model: model)
                parts = splits.map { "\(taken[$0.name] ?? 0) \($0.name)" }
                if skipped > 0 { parts.append("\(skipped) of other splits skipped") }
                return taken.values.reduce(0, +)
            }
            let details = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
            Terminal.output("\(ledger): \(counts)\(details)")
        }
    }

    struct Vacuum: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets what came to nothing and gives space back to the disk; answers stay.")

        @Argument(help: "The ledger.")
        var ledger: String

        func run() async throws {
            let opened = try LedgerOperations.open(ledger)
            let (before, after) = try await opened.vacuum()
            try opened.close()
            Terminal.output("\(ledger): \(before) → \(after) bytes")
        }
    }
}
