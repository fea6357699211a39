import AttarHDF5
import Foundation

/// What can be wrong with data that a user brings.
package enum DataError: Error, Equatable, Sendable {
    case file(FileError)
    case hdf5(HDF5Error)
    /// A dataset whose parts contradict each other.
    case invalidDataset(path: String, place: String, expected: String, found: String)
    case unknownFormat(path: String)
    /// No byte, or a header and nothing below it.
    case noRows(path: String, hasHeader: Bool)
    case notUTF8(path: String, line: Int, byteOffset: Int, byte: UInt8)
    case notUTF8ButUTF16(path: String)
    case nulCharacter(TextPosition)
    case missingColumn(path: String, column: String, present: [String], nearest: String?)
    case repeatedColumn(path: String, column: String)
    case fieldCount(TextPosition, expected: Int, found: Int)
    /// A field that opens with a quote at this position and never ends.
    case unclosedQuote(TextPosition)
    case syntax(TextPosition, expected: String, found: String)
    case missingKey(TextPosition, key: String, present: [String], nearest: String?)
    case wrongValue(TextPosition, column: String, expected: String, found: String)
    case labelsFromPlainText(path: String, column: String)
    case noExport(path: String, reason: String)
    /// Rows to train on that the held-out fingerprint knows.
    case contaminated(path: String, rows: [ContaminatedRow])
    /// A file that should hold the decisions of a review.
    case notReviews(path: String)
}

extension DataError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .hdf5(let error): error.description
        case .invalidDataset(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found)."
        case .unknownFormat(let path):
            "\(path): the name should end in .csv, .jsonl (or .ndjson), .txt or .h5: the ending tells the format."
        case .noRows(let path, let hasHeader):
            "\(path): \(hasHeader ? "there is a header but no row below it" : "the file is empty"). "
                + "Was it written completely?"
        case .notUTF8(let path, let line, let offset, let byte):
            "\(path):\(line): not UTF-8: byte 0x\(String(byte, radix: 16)) at offset \(offset) does not belong to a "
                + "character. Convert the file, for example with `iconv -f latin1 -t utf-8`."
        case .notUTF8ButUTF16(let path):
            "\(path): expected UTF-8, but this looks like UTF-16. Convert the file with `iconv -f utf-16 -t utf-8`."
        case .nulCharacter(let position):
            "\(position): a NUL character in the text. Remove it; if there are many, the file may not be UTF-8."
        case .missingColumn(let path, let column, let present, let nearest):
            "\(path):1: there is no column “\(column)”; the header has \(list(present)).\(advice(nearest, present))"
        case .repeatedColumn(let path, let column):
            "\(path):1: the header has “\(column)” more than once. Rename one of the columns."
        case .fieldCount(let position, let expected, let found):
            "\(position): expected \(expected) fields as in the header, found \(found). "
                + "A field with a comma, quote or line break in it must stand in quotes."
        case .unclosedQuote(let position):
            "\(position): this quote opens a field that never ends. Close it, or double it if it belongs to the text."
        case .syntax(let position, let expected, let found): "\(position): expected \(expected), found \(found)."
        case .missingKey(let position, let key, let present, let nearest):
            "\(position): there is no key “\(key)”; the object has \(list(present)).\(advice(nearest, present))"
        case .wrongValue(let position, let column, let expected, let found):
            "\(position): “\(column)”: expected \(expected), found \(found)."
        case .labelsFromPlainText(let path, let column):
            "\(path): a .txt file has a text on each line and no column “\(column)”. Use .csv or .jsonl for labels."
        case .noExport(let path, let reason): "\(path): cannot export: \(reason)."
        case .contaminated(let path, let rows):
            "\(path): expected rows that are not held out, found \(rows.count) that are, or nearly: "
                + rows.prefix(5).map { "\($0.id) (\($0.reason.rawValue))" }.joined(separator: ", ")
                + (rows.count > 5 ? ", …" : "") + ". Make the dataset anew with `attar run`."
        case .notReviews(let path):
            "\(path): expected the decisions of `attar dataset review`, found something else. "
                + "Move the file away, or mend it: an object of ids with “keep”, “drop” or “label: NAME”."
        }
    }

    private func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "“\($0)”" }.joined(separator: ", ")
    }

    private func advice(_ nearest: String?, _ present: [String]) -> String {
        if let nearest { return " Did you mean “\(nearest)”?" }
        if present.count == 1, let only = present.first, only.contains(where: { ";\t|".contains($0) }) {
            return " The fields seem to be separated by something else than commas."
        }
        return ""
    }
}

extension DataError: LocalizedError {
    package var errorDescription: String? { description }
}
