import Foundation

/// A file operation that the operating system refused.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Operation: String, Sendable {
        case open, read, create, write, flush, rename
    }

    package let operation: Operation
    package let path: String
    /// The value of `errno`.
    package let code: Int32

    package init(_ operation: Operation, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    package var description: String {
        "\(path): cannot \(operation.rawValue) the file: \(String(cString: strerror(code))).\(advice)"
    }

    private var advice: String {
        switch code {
        case ENOENT where operation == .create: " The folder does not exist; create it or choose another."
        case ENOENT: " Check the spelling of the path."
        case EACCES, EPERM, EROFS: " Check the permissions of the file and its folder."
        case ENOSPC, EDQUOT:
            " Free some space or choose another folder; nothing was left under this name by this attempt."
        case EISDIR: " The path is a folder; name a file."
        case ENOTDIR: " A part of the path is a file, not a folder."
        case EINVAL: " Is it a regular file? A pipe or a device is not."
        default: ""
        }
    }
}

extension FileError: LocalizedError {
    package var errorDescription: String? { description }
}
