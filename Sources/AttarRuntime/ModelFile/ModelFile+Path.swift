import CAttarKernels

extension ModelFile {
    /// Maps and checks the file at `path`. The file must not change while the model is open; writers put a new one in
    /// its place by renaming. Where there is no operating system no file can be opened.
    public convenience init(path: String) throws(ModelFileError) {
        // Not `withCString`, which does not pass on what kind of error it is.
        try self.init(cString: Array(path.utf8CString))
    }

    /// The same for a path that ends with zero.
    package convenience init(cString path: UnsafePointer<CChar>) throws(ModelFileError) {
        let mapping = try Mapping(path)
        try self.init(bytes: mapping.bytes, owner: mapping)
    }
}

/// A file in memory, read page by page as it is used.
private final class Mapping {
    private var file = attar_mapped_file()

    init(_ path: UnsafePointer<CChar>) throws(ModelFileError) {
        switch attar_map_file(path, &file) {
        case ATTAR_FILE_MAPPED: break
        case ATTAR_FILE_NOT_REGULAR: throw .notAFile(path: String(validated: path))
        default: throw .cannotOpen(path: String(validated: path), code: file.code)
        }
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: file.bytes, count: file.size) }

    deinit { attar_unmap_file(&file) }
}
