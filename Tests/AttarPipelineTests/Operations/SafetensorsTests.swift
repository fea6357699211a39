import AttarHDF5
import AttarPipeline
import AttarTestSupport
import Foundation
import Testing

@Suite("Weights for other tools")
struct SafetensorsTests {
    /// Reads a file by the format's description, checking what it demands.
    private func read(_ data: Data) throws -> (
        tensors: [String: (shape: [Int], values: [Float])], metadata: [String: String]
    ) {
        let size = Int(data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        #expect((8 + size).isMultiple(of: 8))
        let header = try #require(
            try JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(size)) as? [String: Any])
        let body = [UInt8](data.dropFirst(8 + size))
        var tensors: [String: (shape: [Int], values: [Float])] = [:]
        var covered = 0
        for (name, value) in header where name != "__metadata__" {
            let entry = try #require(value as? [String: Any])
            let (shape, place) = (
                try #require(entry["shape"] as? [Int]), try #require(entry["data_offsets"] as? [Int])
            )
            #expect(entry["dtype"] as? String == "F32")
            #expect(place[1] - place[0] == 4 * shape.reduce(1, *))
            covered += place[1] - place[0]
            let values = stride(from: place[0], to: place[1], by: 4).map { at in
                Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(body[at + $1]) << (8 * UInt32($1)) })
            }
            tensors[name] = (shape, values)
        }
        #expect(covered == body.count)
        return (tensors, try #require(header["__metadata__"] as? [String: String]))
    }

    @Test("hold every number, under its name and in its shape")
    func roundTrip() throws {
        var random = SeededRandom(seed: 4)
        let tensors = [[3, 5], [1, 1], [0, 4], [7, 2]].enumerated().map { index, shape in
            Tensor(
                name: "layer \"\(index)\"", shape: shape,
                values: (0..<shape.reduce(1, *)).map { _ in Float(random.whole(in: -1000...1000)) / 7 })
        }
        let (found, metadata) = try read(
            SafetensorsFile.data(tensors: tensors, metadata: [.init("name", .text("a “name”"))]))
        #expect(metadata == ["name": "a “name”"])
        #expect(found.count == tensors.count)
        for tensor in tensors {
            #expect(found[tensor.name]?.shape == tensor.shape)
            #expect(found[tensor.name]?.values == tensor.values)
        }
    }
}
