import Foundation

/// Files that appear whole or not at all: written beside their place, flushed to the disk, then renamed.
///
/// A failure (full disk, no permission, an error of the writer) leaves the old file, if any, as it was. A symbolic link is
/// followed, so that it stays one.
package enum AtomicFile {
    /// Puts `bytes` under the name `url`; a device or pipe of that name gets them written to it.
    package static func write(_ bytes: some ContiguousBytes, to url: URL) throws(FileError) {
        let place = Place(url)
        if place.isDeviceOrPipe {
            let descriptor = open(place.path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError(.open, place.path, code: errno) }
            defer { close(descriptor) }
            return try write(bytes, to: descriptor, at: place)
        }
        do throws(FileError) {
            let descriptor = open(place.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw FileError(.create, place.path, code: errno) }
            let written = Result { () throws(FileError) in try write(bytes, to: descriptor, at: place) }
            let flushed = fsync(descriptor) == 0 ? 0 : errno
            let closed = close(descriptor) == 0 ? 0 : errno
            try written.get()
            guard flushed == 0 else { throw FileError(.flush, place.path, code: flushed) }
            guard closed == 0 else { throw FileError(.write, place.path, code: closed) }
            try place.rename()
        } catch {
            unlink(place.temporary)
            throw error
        }
    }

    /// Lets `body` write a file at the URL it is given, then puts that file under the name `url`.
    package static func replace(at url: URL, _ body: (URL) throws -> Void) throws {
        let place = Place(url)
        guard !place.isDeviceOrPipe else { throw FileError(.rename, place.path, code: EEXIST) }
        do {
            try body(URL(fileURLWithPath: place.temporary))
            let descriptor = open(place.temporary, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError(.open, place.path, code: errno) }
            let flushed = fsync(descriptor) == 0 ? 0 : errno
            close(descriptor)
            guard flushed == 0 else { throw FileError(.flush, place.path, code: flushed) }
            try place.rename()
        } catch {
            unlink(place.temporary)
            throw error
        }
    }

    private static func write(
        _ bytes: some ContiguousBytes, to descriptor: Int32, at place: Place
    ) throws(FileError) {
        try bytes.withUnsafeBytes { buffer -> Result<Void, FileError> in
            Result { () throws(FileError) in try FileBytes.write(buffer, to: descriptor, path: place.path) }
        }.get()
    }
}

/// A final name and the temporary name in the same folder.
private struct Place {
    let path: String
    let folder: String
    let temporary: String

    let isDeviceOrPipe: Bool

    init(_ url: URL) {
        let target = url.resolvingSymlinksInPath()
        path = target.path
        let parent = target.deletingLastPathComponent().path
        folder = parent.isEmpty ? "." : parent
        // The process number and a random part keep concurrent writers of one name apart.
        let tag = String(UInt32.random(in: .min ... .max), radix: 36)
        temporary = "\(folder)/.\(target.lastPathComponent.prefix(50)).\(getpid())-\(tag).partial"
        var status = stat()
        let kind = stat(path, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
        isDeviceOrPipe = kind != S_IFREG && kind != S_IFDIR
    }

    func rename() throws(FileError) {
        #if canImport(Darwin)
            let failed = Darwin.rename(temporary, path) != 0
        #else
            let failed = Glibc.rename(temporary, path) != 0
        #endif
        guard !failed else { throw FileError(.rename, path, code: errno) }
        // The new name itself is durable only once the folder is flushed.
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
