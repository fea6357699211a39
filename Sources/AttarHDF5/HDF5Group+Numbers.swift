internal import CHDF5

/// Numbers of a dataset, row-major.
package struct HDF5Array<Element: HDF5Element>: Sendable {
    package let shape: [Int]
    package let values: [Element]
}

extension HDF5Group {
    /// Stores `values` as a new dataset, in chunks that are shuffled, compressed and checked.
    ///
    /// `shape` is the product of the count of values; an empty shape means a single number.
    ///
    /// - Parameter compressed: whether there are chunks; without, the numbers stand in one block, which suits weights:
    ///   they hardly shrink.
    package func writeNumbers<Element: HDF5Element>(
        _ values: [Element], shape: [Int], named name: String, compressed: Bool = true
    ) throws(HDF5Error) {
        precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count, "shape and values disagree")
        let data = try createDataset(
            name, type: Element.kind.fileType, shape: shape,
            chunkedElementBytes: compressed ? MemoryLayout<Element>.size : nil)
        guard !values.isEmpty else { return }
        let status = values.withUnsafeBytes { buffer in
            H5Dwrite(
                data.raw, Element.kind.memoryType, attar_hdf5_all(), attar_hdf5_all(), attar_hdf5_default(),
                buffer.baseAddress)
        }
        try location.appending(name).check(status, to: "write the numbers")
    }

    /// The numbers of a dataset, which must be exactly of this type.
    package func numbers<Element: HDF5Element>(
        _ type: Element.Type = Element.self, named name: String
    ) throws(HDF5Error) -> HDF5Array<Element> {
        let place = location.appending(name)
        let data = try openDataset(name)
        let stored = try place.own(H5Dget_type(data.raw), to: "read the type", close: H5Tclose)
        guard H5Tequal(stored.raw, Element.kind.fileType) > 0 else {
            throw .wrongType(
                path: place.path, object: place.object, expected: Element.kind.rawValue,
                found: String(cString: attar_hdf5_type_name(stored.raw)))
        }
        let shape = try dimensions(of: data, at: place, elementBytes: MemoryLayout<Element>.size)
        var values = [Element](repeating: .zero, count: shape.reduce(1, *))
        guard !values.isEmpty else { return HDF5Array(shape: shape, values: values) }
        let status = values.withUnsafeMutableBytes { buffer in
            H5Dread(
                data.raw, Element.kind.memoryType, attar_hdf5_all(), attar_hdf5_all(), attar_hdf5_default(),
                buffer.baseAddress)
        }
        try place.check(status, to: "read the numbers")
        return HDF5Array(shape: shape, values: values)
    }

    /// The numbers of a dataset that must have this shape.
    package func numbers<Element: HDF5Element>(
        _ type: Element.Type = Element.self, named name: String, shape: [Int]
    ) throws(HDF5Error) -> [Element] {
        let array = try numbers(type, named: name)
        guard array.shape == shape else {
            let object = location.appending(name).object
            throw .wrongShape(path: location.path, object: object, expected: "\(shape)", found: array.shape)
        }
        return array.values
    }

    /// The numbers of a dataset with one axis of `count` values.
    package func column<Element: HDF5Element>(
        _ type: Element.Type = Element.self, named name: String, count: Int
    ) throws(HDF5Error) -> [Element] {
        try numbers(type, named: name, shape: [count])
    }
}
