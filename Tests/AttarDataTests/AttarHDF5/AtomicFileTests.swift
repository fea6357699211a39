import AttarData
import AttarHDF5
import Foundation
import Testing

@Suite struct AtomicFileTests {
    private struct Broken: Error {}

    @Test func replacesTheOldFileWithTheNew() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("file")
            for count in [10, 0, 200_000, 3] {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
                try AtomicFile.write(bytes, to: url)
                #expect(try FileBytes.read(url) == bytes)
            }
            #expect(try contents(of: folder) == ["file"])
        }
    }

    @Test func replaceTakesWhatTheBodyWrote() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("file")
            try AtomicFile.replace(at: url) { try Data("new".utf8).write(to: $0) }
            #expect(try FileBytes.read(url) == Array("new".utf8))
            #expect(try contents(of: folder) == ["file"])
        }
    }

    @Test func aFailingBodyLeavesTheOldFileAndNothingElse() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("file")
            try AtomicFile.write(Array("old".utf8), to: url)
            #expect(throws: Broken.self) {
                try AtomicFile.replace(at: url) { temporary in
                    try Data("half".utf8).write(to: temporary)
                    throw Broken()
                }
            }
            // A body that wrote nothing is a failure as well.
            #expect(throws: FileError.self) { try AtomicFile.replace(at: url) { _ in } }
            #expect(try FileBytes.read(url) == Array("old".utf8))
            #expect(try contents(of: folder) == ["file"])
        }
    }

    @Test func aMissingFolderIsToldWithPathAndAdvice() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("missing/file")
            let error = try #require(throws: FileError.self) { try AtomicFile.write([1], to: url) }
            #expect(error.code == ENOENT)
            #expect(error.description.contains(url.path))
            #expect(error.description.contains("folder does not exist"))
        }
    }

    @Test func aFolderInTheFilesPlaceStays() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("place")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            #expect(throws: FileError.self) { try AtomicFile.write([1], to: url) }
            #expect(try contents(of: folder) == ["place"])
            #expect(throws: FileError.self) { try FileBytes.read(url) }
        }
    }

    @Test func aLinkStaysALink() throws {
        try withTemporaryFolder { folder in
            let target = folder.appendingPathComponent("target")
            let link = folder.appendingPathComponent("link")
            try AtomicFile.write([1], to: target)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
            try AtomicFile.write([2], to: link)
            try AtomicFile.replace(at: link) { try Data(try FileBytes.read(target) + [3]).write(to: $0) }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
            #expect(try FileBytes.read(target) == [2, 3])
        }
    }

    @Test func aPipeIsWrittenToAndStaysAPipe() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("pipe")
            try #require(mkfifo(url.path, 0o600) == 0)
            // Open at both ends, so that neither waits for the other.
            let descriptor = open(url.path, O_RDWR)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            try AtomicFile.write([7, 8], to: url)
            var bytes: [UInt8] = [0, 0]
            #expect(read(descriptor, &bytes, 2) == 2)
            #expect(bytes == [7, 8])
            #expect(throws: FileError.self) { try AtomicFile.replace(at: url) { try Data([1]).write(to: $0) } }
            #expect(try contents(of: folder) == ["pipe"])
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aFolderWithoutWritePermissionIsToldSo() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
            let error = try #require(throws: FileError.self) {
                try AtomicFile.write([1], to: folder.appendingPathComponent("file"))
            }
            #expect(error.code == EACCES)
        }
    }

    @Test(.enabled(if: TinyDisk.isAvailable, "needs the right to mount"))
    func aFullDiskLeavesTheOldFilesAndNothingElse() throws {
        try withTemporaryFolder { folder in
            try TinyDisk.withDisk(at: folder, kilobytes: 64) { disk in
                let small = disk.appendingPathComponent("small")
                let dataset = disk.appendingPathComponent("dataset.h5")
                let checkpoint = disk.appendingPathComponent("checkpoint.h5")
                try AtomicFile.write(Array("old".utf8), to: small)
                try DatasetFile.write(Samples.dataset(rows: 5, seed: 1), to: dataset)

                let error = try #require(throws: FileError.self) {
                    try AtomicFile.write([UInt8](repeating: 1, count: 100_000), to: small)
                }
                #expect(error.code == ENOSPC)
                #expect(throws: DataError.file(FileError(.write, dataset.path, code: ENOSPC))) {
                    try DatasetFile.write(Samples.dataset(rows: 2000, seed: 1), to: dataset)
                }
                let tensor = Tensor(name: "t", shape: [50_000], values: (0..<50_000).map { sin(Float($0)) })
                #expect(throws: HDF5Error.file(FileError(.write, checkpoint.path, code: ENOSPC))) {
                    try TensorFile.write(tensors: [tensor], attributes: [:], to: checkpoint)
                }

                #expect(try contents(of: disk) == ["dataset.h5", "small"])
                #expect(try FileBytes.read(small) == Array("old".utf8))
                #expect(try DatasetFile.read(dataset).rows.count == 5)
            }
        }
    }
}
