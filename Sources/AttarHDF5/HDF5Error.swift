import Foundation

/// What can go wrong with an HDF5 file. `object` is the path of a group, dataset or attribute within the file.
package enum HDF5Error: Error, Equatable, Sendable {
    case file(FileError)
    /// The file was not written by Attar.
    case notSealed(path: String)
    case truncated(path: String, expectedBytes: Int?, foundBytes: Int)
    case damaged(path: String)
    case missing(path: String, object: String, present: [String])
    case wrongType(path: String, object: String, expected: String, found: String)
    case wrongShape(path: String, object: String, expected: String, found: [Int])
    /// A name that HDF5 cannot hold: empty, or with a slash or NUL in it.
    case badName(path: String, name: String)
    /// Text number `index` of a dataset is no UTF-8, or has a NUL, which ends a text in HDF5.
    case badText(path: String, object: String, index: Int)
    case library(path: String, object: String, operation: String, reason: String)
}

extension HDF5Error: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .notSealed(let path):
            "\(path): not a file written by attar: expected “attar sealed HDF5 file” at its start. "
                + "Data from elsewhere comes in as CSV or JSONL with `attar dataset import`."
        case .truncated(let path, let expected, let found):
            "\(path): the file is cut short: expected \(expected.map { "\($0)" } ?? "at least \(Seal.bytes)") bytes, "
                + "found \(found). Copy it again, or run the stage that made it."
        case .damaged(let path):
            "\(path): the content differs from what was written: length or checksum do not match. "
                + "The file was damaged, or edited by another tool. Copy it again, or run the stage that made it."
        case .missing(let path, let object, let present):
            "\(path): \(object) is missing; there is \(present.isEmpty ? "nothing" : present.joined(separator: ", ")). "
                + "Is this the right kind of file?"
        case .wrongType(let path, let object, let expected, let found):
            "\(path): \(object) should hold \(expected), but holds \(found)."
        case .wrongShape(let path, let object, let expected, let found):
            "\(path): \(object) should have the shape \(expected), but has \(found)."
        case .badName(let path, let name):
            "\(path): “\(name)” cannot name an entry: a name is not empty and has no slash and no NUL character."
        case .badText(let path, let object, let index):
            "\(path): \(object): text \(index) (counted from 0) is not UTF-8 or has a NUL character in it. "
                + "Remove the character."
        case .library(let path, let object, let operation, let reason):
            "\(path): \(object): HDF5 failed to \(operation): \(reason)."
        }
    }
}

extension HDF5Error: LocalizedError {
    package var errorDescription: String? { description }
}
