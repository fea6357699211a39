import AttarData
import AttarHDF5
import Foundation
import Testing

/// A file that was cut or changed gives an error, never a crash and never other content.
@Suite struct DamagedFileTests {
    private func datasetBytes() throws -> [UInt8] {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.h5")
            try DatasetFile.write(Samples.dataset(rows: 8, seed: 3), to: url)
            return try FileBytes.read(url)
        }
    }

    private func isRefused(_ bytes: [UInt8]) -> Bool {
        do throws(HDF5Error) {
            try HDF5File.read(bytes: bytes, path: "d.h5") { root throws(HDF5Error) in _ = try root.names() }
            return false
        } catch {
            return true
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try datasetBytes()
        #expect(!isRefused(bytes))
        let accepted = bytes.indices.filter { !isRefused(Array(bytes[..<$0])) }
        #expect(accepted == [])
        #expect(isRefused(bytes + [0]))
    }

    @Test func aTruncationIsToldWithBothLengths() throws {
        let bytes = try datasetBytes()
        let expected = HDF5Error.truncated(path: "d.h5", expectedBytes: bytes.count, foundBytes: bytes.count - 1)
        #expect(throws: expected) {
            try HDF5File.read(bytes: bytes.dropLast(), path: "d.h5") { root throws(HDF5Error) in _ = try root.names() }
        }
    }

    @Test func everyFlippedByteIsRefused() throws {
        var bytes = try datasetBytes()
        var generator = SeededGenerator(seed: 9)
        var accepted: [Int] = []
        for offset in bytes.indices {
            let flip = UInt8.random(in: 1...255, using: &generator)
            bytes[offset] ^= flip
            if !isRefused(bytes) { accepted.append(offset) }
            bytes[offset] ^= flip
        }
        #expect(accepted == [])
    }

    @Test func filesFromElsewhereAreRefused() throws {
        let samples: [[UInt8]] = [
            [], Array("text,label\n".utf8), [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A],
            [UInt8](repeating: 0, count: 5000),
        ]
        for sample in samples { #expect(isRefused(sample)) }
    }

    @Test func theMessageSaysWhatToDo() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.h5")
            var bytes = try datasetBytes()
            bytes[bytes.count / 2] ^= 1
            try AtomicFile.write(bytes, to: url)
            let error = try #require(throws: DataError.self) { try DatasetFile.read(url) }
            #expect(error.description.contains(url.path))
            #expect(error.description.contains("damaged"))
        }
    }
}
