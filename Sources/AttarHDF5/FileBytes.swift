import Foundation

/// Whole files in and out of memory through plain file descriptors.
package enum FileBytes {
    /// All bytes of a regular file or pipe.
    package static func read(_ url: URL) throws(FileError) -> [UInt8] {
        let path = url.path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.open, path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path, code: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.open, path, code: EISDIR) }

        // One byte more than the size, so that the usual file ends with a single short read.
        var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, 1 << 16))
        var count = 0
        while true {
            if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
            let got = bytes.withUnsafeMutableBytes { buffer in
                #if canImport(Darwin)
                    Darwin.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
                #else
                    Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
                #endif
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path, code: errno)
            }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes all bytes or throws; `path` is only for the message.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
            #if canImport(Darwin)
                let put = Darwin.write(descriptor, start, rest.count)
            #else
                let put = Glibc.write(descriptor, start, rest.count)
            #endif
            if put < 0 {
                if errno == EINTR { continue }
                throw FileError(.write, path, code: errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[put...])
        }
    }
}
