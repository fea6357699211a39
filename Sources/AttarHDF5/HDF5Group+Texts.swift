internal import CHDF5
import Foundation

extension HDF5Group {
    /// Stores `texts` as a new dataset with one axis of variable-length UTF-8 strings, as other tools show them.
    ///
    /// Filters would reach only the references to the strings, not the strings, so there are none. A text with a NUL
    /// character is refused: HDF5 would cut it there.
    package func writeTexts(_ texts: [String], named name: String) throws(HDF5Error) {
        let place = location.appending(name)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count + 1 })
        var starts: [Int] = []
        starts.reserveCapacity(texts.count)
        for (index, var text) in texts.enumerated() {
            let hasNul = text.withUTF8 { text in text.baseAddress.map { memchr($0, 0, text.count) != nil } ?? false }
            guard !hasNul else { throw .badText(path: place.path, object: place.object, index: index) }
            starts.append(bytes.count)
            text.withUTF8 { bytes.append(contentsOf: $0) }
            bytes.append(0)
        }
        let type = try place.own(attar_hdf5_new_string_type(), to: "set up the text type", close: H5Tclose)
        let data = try createDataset(name, type: type.raw, shape: [texts.count], chunkedElementBytes: nil)
        guard !texts.isEmpty else { return }
        let status = bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { buffer.baseAddress! + $0 }
            return pointers.withUnsafeBytes {
                H5Dwrite(
                    data.raw, type.raw, attar_hdf5_all(), attar_hdf5_all(), attar_hdf5_default(), $0.baseAddress)
            }
        }
        try place.check(status, to: "write the texts")
    }

    /// The texts of a dataset with one axis.
    package func texts(named name: String) throws(HDF5Error) -> [String] {
        let place = location.appending(name)
        let data = try openDataset(name)
        let stored = try place.own(H5Dget_type(data.raw), to: "read the type", close: H5Tclose)
        guard attar_hdf5_is_text(stored.raw) != 0 else {
            throw .wrongType(
                path: place.path, object: place.object, expected: "text",
                found: String(cString: attar_hdf5_type_name(stored.raw)))
        }
        let shape = try dimensions(of: data, at: place, elementBytes: 16)
        guard shape.count == 1 else {
            throw .wrongShape(path: place.path, object: place.object, expected: "[count]", found: shape)
        }
        guard shape[0] > 0 else { return [] }
        let type = try place.own(attar_hdf5_new_string_type(), to: "set up the text type", close: H5Tclose)
        let space = try place.own(H5Dget_space(data.raw), to: "read the shape", close: H5Sclose)
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: shape[0])
        let status = pointers.withUnsafeMutableBytes {
            H5Dread(data.raw, type.raw, attar_hdf5_all(), attar_hdf5_all(), attar_hdf5_default(), $0.baseAddress)
        }
        try place.check(status, to: "read the texts")
        defer {
            _ = pointers.withUnsafeMutableBytes {
                H5Dvlen_reclaim(type.raw, space.raw, attar_hdf5_default(), $0.baseAddress)
            }
        }
        var texts: [String] = []
        texts.reserveCapacity(pointers.count)
        for (index, pointer) in pointers.enumerated() {
            // An empty text may come back as no pointer.
            guard let text = pointer.map({ String(validatingCString: $0) }) ?? "" else {
                throw .badText(path: place.path, object: place.object, index: index)
            }
            texts.append(text)
        }
        return texts
    }
}
