import Crypto
import Foundation

/// SHA-256 of a file, read in pieces, and its size in bytes.
package func fileHash(of url: URL) throws(RunError) -> (sha256: String, bytes: Int) {
    do {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        var hash = SHA256()
        var bytes = 0
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            hash.update(data: piece)
            bytes += piece.count
        }
        return (hash.finalize().hexadecimal, bytes)
    } catch {
        throw .file(path: url.path, reason: "cannot be read: \(errorText(error))")
    }
}

/// SHA-256 of text, in small hexadecimal digits.
package func textHash(of value: String) -> String {
    SHA256.hash(data: Data(value.utf8)).hexadecimal
}

extension SHA256.Digest {
    fileprivate var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
