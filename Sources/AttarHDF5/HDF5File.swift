internal import CHDF5
import Foundation

/// Whole HDF5 files, made and read in memory.
///
/// libhdf5 never touches the disk: a new file is built in memory, sealed (see `Seal`) and put in place at once; a file
/// is read whole and its seal checked before libhdf5 sees it. The same content always gives the same bytes.
package enum HDF5File {
    /// Writes a file with what `body` puts into its root group; the file appears complete or not at all.
    package static func create(
        at url: URL, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Void
    ) throws(HDF5Error) {
        let image = try bytes(path: url.path, body)
        do throws(FileError) {
            try AtomicFile.write(image, to: url)
        } catch {
            throw .file(error)
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

    /// The bytes of a sealed file; `path` is only for messages.
    package static func bytes(
        path: String, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Void
    ) throws(HDF5Error) -> [UInt8] {
        try HDF5Library.locked { () throws(HDF5Error) in
            let location = HDF5Location(path: path, object: "/")
            let access = try location.own(
                attar_hdf5_new_memory_access(), to: "set up a file in memory", close: H5Pclose)
            let creation = try location.own(
                attar_hdf5_new_file_creation(hsize_t(Seal.bytes)), to: "set up a file", close: H5Pclose)
            let file = try location.own(
                attar_hdf5_create_file("attar", creation.raw, access.raw), to: "create the file", close: H5Fclose)
            try withRoot(of: file, at: location, body)
            try location.check(attar_hdf5_flush(file.raw), to: "finish the file")
            let count = H5Fget_file_image(file.raw, nil, 0)
            try location.check(count, to: "measure the file")
            // The library leaves the user block out of the image.
            var image = [UInt8](repeating: 0, count: Seal.bytes + count)
            let status = image.withUnsafeMutableBytes {
                H5Fget_file_image(file.raw, $0.baseAddress! + Seal.bytes, count)
            }
            try location.check(status, to: "collect the file")
            image.replaceSubrange(..<Seal.bytes, with: Seal.block(for: image))
            return image
        }
    }

    /// Reads a sealed file from memory; `path` is only for messages.
    package static func read<Result>(
        bytes: [UInt8], path: String, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Result
    ) throws(HDF5Error) -> Result {
        try Seal.check(bytes, path: path)
        return try HDF5Library.locked { () throws(HDF5Error) in
            let location = HDF5Location(path: path, object: "/")
            let access = try location.own(
                attar_hdf5_new_memory_access(), to: "set up a file in memory", close: H5Pclose)
            // libhdf5 copies the image, although its parameter is not const.
            let status = bytes.withUnsafeBytes { buffer in
                H5Pset_file_image(access.raw, UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
            }
            try location.check(status, to: "take in the file")
            let file = try location.own(
                attar_hdf5_open_file("attar", access.raw), to: "open the file", close: H5Fclose)
            return try withRoot(of: file, at: location, body)
        }
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
