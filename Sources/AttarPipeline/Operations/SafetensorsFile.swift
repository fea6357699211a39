import AttarHDF5
import Foundation

/// Tensors in the safetensors format (huggingface/safetensors, README "Format"): the size of a JSON header (u64, little-
/// endian), the header with type, shape and place of each tensor, then the numbers, row-major, without gaps.
package enum SafetensorsFile {
    /// - Parameters:
    ///   - tensors: float32; names are distinct.
    ///   - metadata: texts by name, under `__metadata__`.
    package static func data(tensors: [Tensor], metadata: [JSONValue.Member]) -> Data {
        var members = [JSONValue.Member("__metadata__", .object(metadata))]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.values.count * MemoryLayout<Float>.stride
            members.append(
                .init(
                    tensor.name,
                    [
                        "dtype": "F32", "shape": .list(tensor.shape.map { .integer($0) }),
                        "data_offsets": [.integer(offset), .integer(end)],
                    ]))
            offset = end
        }
        var header = Data(JSONValue.object(members).compact.utf8)
        // Spaces up to a multiple of 8, so that the numbers are aligned.
        header.append(Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        var data = Data()
        data.reserveCapacity(8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        for tensor in tensors {
            for value in tensor.values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        return data
    }
}
