internal import CHDF5
import Foundation

/// Whole HDF5 files, made and read in memory.
///
/// libhdf5 never touches the disk: a new file is built in memory, sealed (see `Seal`) and put in place at once; a file
/// is read whole and its seal checked before libhdf5 sees it. The same content always gives the same bytes.
package enum HDF5File {
    /// The library wants a name for a file in memory, and refuses one that there is on the disk: here there can be none.
    private static let memoryName = "/dev/null/attar"

    /// Writes a file with what `body` puts into its root group; the file appears complete or not at all.
    package static func create(
        at url: URL, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Void
    ) throws(HDF5Error) {
        try withImage(path: url.path, body) { image throws(HDF5Error) in
            do throws(FileError) {
                try AtomicFile.write(image, to: url)
            } catch {
                throw .file(error)
            }
        }
    }

    /// Reads a file through `body`, which gets the root group.
    package static func read<Result>(
        at url: URL, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Result
    ) throws(HDF5Error) -> Result {
        let file: [UInt8]
        do throws(FileError) {
            file = try FileBytes.read(url)
        } catch {
            throw .file(error)
        }
        return try read(bytes: file, path: url.path, body)
    }

    /// Reads a file that another program wrote, which carries no seal: its bytes go to libhdf5 unchecked, so it must come
    /// from somebody the user trusts. A sealed file is checked all the same.
    package static func readForeign<Result>(
        at url: URL, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Result
    ) throws(HDF5Error) -> Result {
        let file: [UInt8]
        do throws(FileError) {
            file = try FileBytes.read(url)
        } catch {
            throw .file(error)
        }
        guard file.starts(with: Superblock.signature) else { return try read(bytes: file, path: url.path, body) }
        return try file.withUnsafeBytes { buffer in
            Swift.Result { () throws(HDF5Error) in try read(buffer, path: url.path, body) }
        }.get()
    }

    /// The bytes of a sealed file; `path` is only for messages.
    package static func bytes(
        path: String, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Void
    ) throws(HDF5Error) -> [UInt8] {
        try withImage(path: path, body) { image in Array(image) }
    }

    /// Makes a sealed file and lets `use` see its bytes, which the library holds: there is no second copy.
    private static func withImage<Result>(
        path: String, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Void,
        use: (UnsafeRawBufferPointer) throws(HDF5Error) -> Result
    ) throws(HDF5Error) -> Result {
        try HDF5Library.locked { () throws(HDF5Error) in
            let location = HDF5Location(path: path, object: "/")
            let access = try location.own(
                attar_hdf5_new_memory_access(), to: "set up a file in memory", close: H5Pclose)
            let creation = try location.own(
                attar_hdf5_new_file_creation(hsize_t(Seal.bytes)), to: "set up a file", close: H5Pclose)
            let file = try location.own(
                attar_hdf5_create_file(memoryName, creation.raw, access.raw), to: "create the file", close: H5Fclose)
            try withRoot(of: file, at: location, body)
            try location.check(attar_hdf5_flush(file.raw), to: "finish the file")
            // The library leaves the user block out of the count, and in the memory.
            let count = H5Fget_file_image(file.raw, nil, 0)
            try location.check(count, to: "measure the file")
            var start: UnsafeMutableRawPointer?
            try location.check(H5Fget_vfd_handle(file.raw, access.raw, &start), to: "collect the file")
            guard let memory = start?.load(as: UnsafeMutableRawPointer?.self) else {
                throw location.failure(to: "collect the file")
            }
            let image = UnsafeMutableRawBufferPointer(start: memory, count: Seal.bytes + count)
            guard image[Seal.bytes + Superblock.version] <= 1 else {
                throw .library(
                    path: path, object: "/", operation: "finish the file", reason: "its superblock is too new")
            }
            // The library would clear them when it closes the file: it is open for writing until then.
            for flag in Superblock.consistencyFlags { image[Seal.bytes + flag] = 0 }
            image.copyBytes(from: Seal.block(for: UnsafeRawBufferPointer(image)))
            return try use(UnsafeRawBufferPointer(image))
        }
    }

    /// Reads a sealed file from memory; `path` is only for messages.
    package static func read<Value>(
        bytes: [UInt8], path: String, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Value
    ) throws(HDF5Error) -> Value {
        try Seal.check(bytes, path: path)
        return try bytes.withUnsafeBytes { buffer in
            Result { () throws(HDF5Error) in try read(buffer, path: path, body) }
        }.get()
    }

    /// The library works on the bytes in place: it gets them for reading only, although its parameter is not const.
    private static func read<Result>(
        _ bytes: UnsafeRawBufferPointer, path: String, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Result
    ) throws(HDF5Error) -> Result {
        try HDF5Library.locked { () throws(HDF5Error) in
            let location = HDF5Location(path: path, object: "/")
            let access = try location.own(
                attar_hdf5_new_memory_access(), to: "set up a file in memory", close: H5Pclose)
            let image = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            try location.check(attar_hdf5_lend_file(access.raw, image, bytes.count), to: "take in the file")
            let file = try location.own(
                attar_hdf5_open_file(memoryName, access.raw), to: "open the file", close: H5Fclose)
            return try withRoot(of: file, at: location, body)
        }
    }

    /// Places in an HDF5 superblock of version 0 or 1, the earliest format, which is asked for.
    private enum Superblock {
        static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        static let version = 8
        static let consistencyFlags = 20..<24
    }

    private static func withRoot<Result>(
        of file: borrowing HDF5Identifier, at location: HDF5Location,
        _ body: (borrowing HDF5Group) throws(HDF5Error) -> Result
    ) throws(HDF5Error) -> Result {
        let raw = H5Gopen2(file.raw, "/", attar_hdf5_default())
        let root = HDF5Group(try location.own(raw, to: "open the root group", close: H5Gclose), at: location)
        return try body(root)
    }
}
