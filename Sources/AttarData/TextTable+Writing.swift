import AttarHDF5
import Foundation

extension TextTable {
    /// Writes a table whose name tells the format: CSV or JSON Lines.
    package static func write(columns: [String], rows: [[TableValue]], to url: URL) throws(DataError) {
        var writer: any RowWriter
        switch Format(fileExtension: url.pathExtension) {
        case .csv: writer = CSVWriter(columns: columns)
        case .jsonLines: writer = JSONLinesWriter(columns: columns)
        case .plainLines: throw .noExport(path: url.path, reason: "plain lines cannot hold labels; use .csv or .jsonl")
        case nil: throw .unknownFormat(path: url.path)
        }
        for row in rows { writer.append(row) }
        do throws(FileError) {
            try AtomicFile.write(writer.bytes, to: url)
        } catch {
            throw .file(error)
        }
    }
}
