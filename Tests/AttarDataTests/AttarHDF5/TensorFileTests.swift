import AttarHDF5
import Foundation
import Testing

@Suite struct TensorFileTests {
    private var tensors: [Tensor] {
        var generator = SeededGenerator(seed: 5)
        // Neither sorted by name nor by size.
        return [("table.weight", [37, 8]), ("bias", [8]), ("empty", [0, 4]), ("step", []), ("a", [2, 3, 4])].map {
            name, shape in
            let count = shape.reduce(1, *)
            return Tensor(
                name: name, shape: shape, values: (0..<count).map { _ in Float.random(in: -1...1, using: &generator) })
        }
    }

    @Test func tensorsComeBackInTheirOrder() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("c.h5")
            let attributes = ["step": "12", "order": "keyed by seed", "empty": ""]
            try TensorFile.write(tensors: tensors, attributes: attributes, to: url)
            #expect(try TensorFile.read(url) == TensorFile.Contents(tensors: tensors, attributes: attributes))
        }
    }

    @Test func theSameContentsGiveTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let files = try (0..<2).map { index in
                let url = folder.appendingPathComponent("\(index).h5")
                try TensorFile.write(tensors: tensors, attributes: ["a": "1", "b": "2", "c": "3"], to: url)
                return try FileBytes.read(url)
            }
            #expect(files[0] == files[1])
        }
    }

    @Test func aFileOfAnotherKindOrVersionIsRefused() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("c.h5")
            try HDF5File.create(at: url) { root throws(HDF5Error) in try root.setAttribute("format", to: "other") }
            #expect(throws: HDF5Error.self) { try TensorFile.read(url) }
            try HDF5File.create(at: url) { root throws(HDF5Error) in
                try root.setAttribute("format", to: TensorFile.format)
                try root.setAttribute("schema-version", to: TensorFile.schemaVersion + 1)
            }
            let error = try #require(throws: HDF5Error.self) { try TensorFile.read(url) }
            #expect(error.description.contains("schema-version"))
        }
    }
}
