internal import CHDF5
import Foundation

/// The one door to libhdf5, which is not thread safe in most builds: `HDF5File` makes every call inside `locked`.
enum HDF5Library {
    private static let lock = NSRecursiveLock()
    private static let isStarted = attar_hdf5_start() >= 0

    static func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        precondition(isStarted, "libhdf5 does not start")
        return try body()
    }

    /// The innermost message of the error stack, which is then empty.
    static func takeReason() -> String {
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            attar_hdf5_take_reason(buffer.baseAddress!)
            return String(cString: buffer.baseAddress!)
        }
        return text.isEmpty ? "no reason given" : text
    }
}

/// Owns an identifier of libhdf5 and closes it.
struct HDF5Identifier: ~Copyable {
    let raw: Int64
    private let close: (Int64) -> Int32

    init(_ raw: Int64, close: @escaping (Int64) -> Int32) {
        self.raw = raw
        self.close = close
    }

    deinit {
        _ = close(raw)
    }
}

/// A path in a file, for messages.
struct HDF5Location: Sendable {
    let path: String
    let object: String

    func appending(_ name: String) -> HDF5Location {
        HDF5Location(path: path, object: object == "/" ? "/\(name)" : "\(object)/\(name)")
    }

    func failure(to operation: String) -> HDF5Error {
        .library(path: path, object: object, operation: operation, reason: HDF5Library.takeReason())
    }

    /// Takes ownership of a new identifier, or throws the library's reason.
    func own(
        _ raw: Int64, to operation: String, close: @escaping (Int64) -> Int32
    ) throws(HDF5Error) -> HDF5Identifier {
        guard raw >= 0 else { throw failure(to: operation) }
        return HDF5Identifier(raw, close: close)
    }

    func check(_ status: some SignedInteger, to operation: String) throws(HDF5Error) {
        guard status >= 0 else { throw failure(to: operation) }
    }

    func checkName(_ name: String) throws(HDF5Error) {
        guard !name.isEmpty, name != ".", !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "/")) else {
            throw .badName(path: path, name: name)
        }
    }
}
