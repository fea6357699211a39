import ArgumentParser
import AttarData
import AttarPipeline
import Foundation

/// attar dataset
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Shows datasets, and moves them in and out of tables.",
        subcommands: [Show.self, Import.self, Export.self, DatasetReviewCommand.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Counts of a dataset, and its first rows.")

        @Argument(help: "A dataset, such as runs/NAME/dataset.h5.")
        var file: String

        @Option(help: "How many rows to show.")
        var rows = 5

        @Flag(help: "Print the rows as JSON lines and nothing else.")
        var json = false

        func validate() throws {
            if rows < 0 { throw ValidationError("--rows \(rows): expected 0 or more") }
        }

        func run() throws {
            let dataset = try DatasetFile.read(URL(filePath: file))
            if !json { Terminal.output("\(DatasetSummary(dataset))") }
            for row in dataset.rows.indices.prefix(rows) {
                Terminal.output(json ? value(row, in: dataset).compact : line(row, in: dataset))
            }
        }

        private func line(_ index: Int, in dataset: TextDataset) -> String {
            let row = dataset.rows[index]
            let label = row.gold.map { dataset.labels[$0] } ?? row.intended.map { "\(dataset.labels[$0])?" } ?? "-"
            return "\(index)  \(row.split.name)  \(row.source.name)  \(label)  \(row.text)"
        }

        private func value(_ index: Int, in dataset: TextDataset) -> JSONValue {
            let row = dataset.rows[index]
            return [
                "row": .integer(index), "text": .text(row.text), "split": .text(row.split.name),
                "source": .text(row.source.name),
                "label": row.gold.map { .text(dataset.labels[$0]) } ?? .null,
                "intended": row.intended.map { .text(dataset.labels[$0]) } ?? .null,
            ]
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a dataset of a table.",
            discussion:
                "A table that `attar dataset export` wrote comes back as it was. Others need a column of texts; rows are divided by hash."
        )

        @Argument(help: "Where to write the dataset (.h5).")
        var file: String

        @Option(name: .customLong("from"), help: "The table: .csv, .jsonl or .txt.")
        var table: String

        @Option(help: "The column of texts.")
        var textColumn = "text"

        @Option(help: "The column of labels. Default: label, where there is one.")
        var labelColumn: String?

        func validate() throws {
            guard URL(filePath: file).pathExtension == "h5" else {
                throw ValidationError("“\(file)” should end in .h5: it is where the dataset is written")
            }
        }

        func run() throws {
            var options = DatasetTable.ImportOptions()
            options.textColumn = textColumn
            if let labelColumn {
                options.labelColumn = labelColumn
                options.requiresLabels = true
            }
            let dataset = try DatasetTable.read(URL(filePath: table), options: options)
            try DatasetFile.write(dataset, to: URL(filePath: file))
            Terminal.output("\(file): \(dataset.rows.count) rows, \(dataset.labels.count) labels")
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Writes a dataset as a table.")

        @Argument(help: "The dataset.")
        var file: String

        @Option(name: .customLong("to"), help: "Where to write the table: .csv or .jsonl.")
        var table: String

        func run() throws {
            let dataset = try DatasetFile.read(URL(filePath: file))
            try DatasetTable.write(dataset, to: URL(filePath: table))
            Terminal.output("\(table): \(dataset.rows.count) rows")
        }
    }
}
