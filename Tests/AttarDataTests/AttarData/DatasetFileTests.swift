import AttarData
import AttarHDF5
import Foundation
import Testing

@Suite struct DatasetFileTests {
    @Test(arguments: [0, 1, 30, 3000])
    func aDatasetComesBack(rows: Int) throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.h5")
            let dataset = Samples.dataset(rows: rows, seed: 11)
            try DatasetFile.write(dataset, to: url)
            #expect(areSame(try DatasetFile.read(url), dataset))
        }
    }

    @Test func theSameDatasetGivesTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let files = try (0..<3).map { index in
                let url = folder.appendingPathComponent("\(index).h5")
                try DatasetFile.write(Samples.dataset(rows: 500, seed: 12), to: url)
                return try FileBytes.read(url)
            }
            #expect(files[0] == files[1])
            #expect(files[0] == files[2])
        }
    }

    @Test func aMissingFileIsToldWithItsPath() throws {
        let url = URL(fileURLWithPath: "/nowhere/d.h5")
        #expect(throws: DataError.file(FileError(.open, url.path, code: ENOENT))) { try DatasetFile.read(url) }
    }

    private static let contradictions: [(String, @Sendable (inout TextDataset) -> Void)] = [
        ("row 3, gold", { $0.rows[3].gold = 3 }),
        ("row 3, gold", { $0.rows[3].gold = -2 }),
        ("row 0, intended", { $0.rows[0].intended = 99 }),
        ("label 1", { $0.labels[1] = $0.labels[0] }),
        ("label 2", { $0.labels[2] = "" }),
        ("teacher", { $0.teachers[0].probabilities.removeLast() }),
        ("teacher", { $0.teachers[1].name = $0.teachers[0].name }),
        ("row 2", { $0.teachers[0].probabilities.replaceSubrange(6..<9, with: [0.5, .nan, 0.5]) }),
        ("row 2", { $0.teachers[0].probabilities.replaceSubrange(6..<9, with: [0.5, -0.1, 0.5]) }),
        ("row 2", { $0.teachers[0].probabilities.replaceSubrange(6..<9, with: [0.5, 0.5, 0.5]) }),
        ("row 2", { $0.teachers[0].probabilities.replaceSubrange(6..<9, with: [.infinity, 0, 0]) }),
    ]

    @Test(arguments: contradictions.indices)
    func contradictionsAreNotWritten(index: Int) throws {
        let (place, spoil) = Self.contradictions[index]
        var dataset = Samples.dataset(rows: 5, seed: 13)
        spoil(&dataset)
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.h5")
            let error = try #require(throws: DataError.self) { try DatasetFile.write(dataset, to: url) }
            #expect(error.description.contains(place))
            #expect(try contents(of: folder) == [])
        }
    }

    /// A file that is whole, but whose values make no sense.
    private func write(
        to url: URL, source: [UInt8] = [0, 1], split: [UInt8] = [0, 2], gold: [Int32] = [0, -1], version: Int64 = 1,
        teachers: Int64 = 0
    ) throws {
        try HDF5File.create(at: url) { root throws(HDF5Error) in
            try root.setAttribute("format", to: DatasetFile.format)
            try root.setAttribute("schema-version", to: version)
            _ = try root.createGroup("attributes")
            try root.writeTexts(["a", "b"], named: "labels")
            let rows = try root.createGroup("rows")
            try rows.writeTexts(["one", "two"], named: "text")
            try rows.writeNumbers(source, shape: [source.count], named: "source")
            try rows.writeNumbers(split, shape: [split.count], named: "split")
            try rows.writeNumbers(gold, shape: [gold.count], named: "gold")
            try rows.writeNumbers([-1, -1] as [Int32], shape: [2], named: "intended")
            try root.createGroup("teachers").setAttribute("count", to: teachers)
        }
    }

    @Test func valuesAreCheckedOnReading() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.h5")
            try write(to: url)
            #expect(try DatasetFile.read(url).rows.map(\.gold) == [0, nil])
            func message(_ make: () throws -> Void) throws -> String {
                try make()
                return try #require(throws: DataError.self) { try DatasetFile.read(url) }.description
            }
            #expect(try message { try write(to: url, source: [0, 3]) }.contains("row 1, source"))
            #expect(try message { try write(to: url, split: [7, 0]) }.contains("row 0, split"))
            #expect(try message { try write(to: url, gold: [2, 0]) }.contains("row 0, gold"))
            #expect(try message { try write(to: url, gold: [-2, 0]) }.contains("row 0, gold"))
            #expect(try message { try write(to: url, gold: [0, 0, 0]) }.contains("/rows/gold"))
            #expect(try message { try write(to: url, version: 2) }.contains("schema-version"))
            #expect(try message { try write(to: url, teachers: 1) }.contains("/teachers/0 is missing"))
        }
    }

    @Test func aCheckpointIsNoDataset() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("c.h5")
            try TensorFile.write(tensors: [], attributes: [:], to: url)
            let error = try #require(throws: DataError.self) { try DatasetFile.read(url) }
            #expect(error.description.contains("attar checkpoint"))
        }
    }
}
