import AttarHDF5
import Foundation

/// A text that a user brought, with its label if it has one.
package struct LabelledText: Equatable, Sendable {
    package var text: String
    /// nil where no label column was asked for, the cell is empty, or the JSON value is null.
    package var label: String?
    /// Where the row begins, counted from 1.
    package var line: Int
    /// The cells of further columns that were asked for, in their order; nil where a row has none.
    package var others: [String?]

    package init(text: String, label: String?, line: Int, others: [String?] = []) {
        self.text = text
        self.label = label
        self.line = line
        self.others = others
    }
}

/// Reads texts from CSV (RFC 4180, with a header), JSON Lines, plain lines or HDF5.
package enum TextTable {
    package enum Format: Sendable {
        case csv, jsonLines, plainLines

        package init?(fileExtension: String) {
            switch fileExtension.lowercased() {
            case "csv": self = .csv
            case "jsonl", "ndjson": self = .jsonLines
            case "txt": self = .plainLines
            default: return nil
            }
        }
    }

    /// Reads a file whose name tells the format; columns that are not asked for are ignored.
    package static func read(
        _ url: URL, textColumn: String, labelColumn: String?, otherColumns: [String] = []
    ) throws(DataError) -> [LabelledText] {
        if ["h5", "hdf5"].contains(url.pathExtension.lowercased()) {
            return try readHDF5(url, textColumn: textColumn, labelColumn: labelColumn)
        }
        guard let format = Format(fileExtension: url.pathExtension) else { throw .unknownFormat(path: url.path) }
        return try parse(
            try bytes(of: url), path: url.path, format: format, textColumn: textColumn, labelColumn: labelColumn,
            otherColumns: otherColumns)
    }

    /// Reads a table from memory, for example from standard input; `path` is for messages.
    package static func parse(
        _ bytes: [UInt8], path: String, format: Format, textColumn: String, labelColumn: String?,
        otherColumns: [String] = []
    ) throws(DataError) -> [LabelledText] {
        let text = try TextBytes(bytes, path: path)
        if case .plainLines = format {
            if let column = labelColumn ?? otherColumns.first {
                throw .labelsFromPlainText(path: path, column: column)
            }
            return try plainLines(text)
        }
        var columns = [TableColumn(name: textColumn, isText: true)]
        if let labelColumn { columns.append(TableColumn(name: labelColumn, isRequired: true)) }
        columns += otherColumns.map { TableColumn(name: $0, isRequired: true) }
        return try records(text, format: format, columns).map { record in
            LabelledText(
                text: record.fields[0] ?? "",
                label: labelColumn == nil ? nil : record.fields[1].flatMap { $0.isEmpty ? nil : $0 },
                line: record.line, others: Array(record.fields.suffix(otherColumns.count)))
        }
    }

    static func bytes(of url: URL) throws(DataError) -> [UInt8] {
        do throws(FileError) {
            return try FileBytes.read(url)
        } catch {
            throw .file(error)
        }
    }

    static func records(
        _ text: TextBytes, format: Format, _ columns: [TableColumn]
    ) throws(DataError) -> [TableRecord] {
        switch format {
        case .csv:
            var reader = CSVReader(text)
            return try reader.records(columns)
        case .jsonLines: return try JSONLinesReader(text).records(columns)
        case .plainLines: return try plainLines(text).map { TableRecord(line: $0.line, fields: [$0.text]) }
        }
    }

    /// One text a line; lines with only white space are skipped.
    private static func plainLines(_ text: TextBytes) throws(DataError) -> [LabelledText] {
        var texts: [LabelledText] = []
        let lines = text.bytes[text.start...].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard content.contains(where: { $0 > 0x20 }) else { continue }
            texts.append(LabelledText(text: String(decoding: content, as: UTF8.self), label: nil, line: index + 1))
        }
        guard !texts.isEmpty else { throw .noRows(path: text.path, hasHeader: false) }
        return texts
    }
}
