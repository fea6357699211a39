#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension ModelFile {
    /// Maps and checks the file at `path`. The file must not change while the model is open; writers put a new one in
    /// its place by renaming.
    public convenience init(path: String) throws(ModelFileError) {
        let mapping = try Mapping(path: path)
        try self.init(bytes: mapping.bytes, owner: mapping)
    }
}

/// A file in memory, read page by page as it is used.
private final class Mapping {
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(ModelFileError) {
        // Without waiting: a pipe that nobody writes to would hold the caller forever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .cannotOpen(path: path, code: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .cannotOpen(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard let size = Int(exactly: status.st_size), size >= ModelFile.headerBytes else {
            throw .tooShort(bytes: Int(clamping: status.st_size))
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw .cannotOpen(path: path, code: errno)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
