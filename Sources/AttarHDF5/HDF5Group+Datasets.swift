internal import CHDF5

/// What number and text datasets share.
extension HDF5Group {
    /// Raw bytes of a chunk, at most: small enough for the library's chunk cache.
    private static var chunkBytes: Int { 1 << 18 }
    /// Fast, and nearly as small as the highest level on shuffled numbers.
    private static var gzipLevel: UInt32 { 4 }
    /// A bound on what a file may ask for: 64 GiB.
    private static var largestDatasetBytes: Int { 1 << 36 }

    /// - Parameter chunkedElementBytes: size of an element if the dataset is to be cut into filtered chunks.
    func createDataset(
        _ name: String, type: Int64, shape: [Int], chunkedElementBytes: Int?
    ) throws(HDF5Error) -> HDF5Identifier {
        try location.checkName(name)
        let place = location.appending(name)
        let extents = shape.map { hsize_t($0) }
        let space = try place.own(
            shape.isEmpty ? attar_hdf5_new_scalar_space() : H5Screate_simple(Int32(shape.count), extents, nil),
            to: "set up the shape", close: H5Sclose)
        let chunk = chunkedElementBytes.flatMap { Self.chunkShape(shape, elementBytes: $0) }
        let creation = try place.own(
            chunk.map { attar_hdf5_new_dataset_creation(Int32(shape.count), $0, Self.gzipLevel) }
                ?? attar_hdf5_new_dataset_creation(0, nil, 0),
            to: "set up the dataset", close: H5Pclose)
        let raw = H5Dcreate2(
            identifier.raw, name, type, space.raw, attar_hdf5_default(), creation.raw, attar_hdf5_default())
        return try place.own(raw, to: "create the dataset", close: H5Dclose)
    }

    func openDataset(_ name: String) throws(HDF5Error) -> HDF5Identifier {
        try requireEntry(name)
        let raw = H5Dopen2(identifier.raw, name, attar_hdf5_default())
        return try location.appending(name).own(raw, to: "open the dataset", close: H5Dclose)
    }

    func dimensions(
        of data: borrowing HDF5Identifier, at place: HDF5Location, elementBytes: Int
    ) throws(HDF5Error) -> [Int] {
        let space = try place.own(H5Dget_space(data.raw), to: "read the shape", close: H5Sclose)
        let rank = H5Sget_simple_extent_ndims(space.raw)
        try place.check(rank, to: "read the shape")
        var extents = [hsize_t](repeating: 0, count: Int(rank))
        try place.check(H5Sget_simple_extent_dims(space.raw, &extents, nil), to: "read the shape")
        var bytes = elementBytes
        var shape: [Int] = []
        for extent in extents {
            let size = Int(clamping: extent)
            shape.append(size)
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard !overflow, product <= Self.largestDatasetBytes else {
                throw .wrongShape(
                    path: place.path, object: place.object, expected: "of at most \(Self.largestDatasetBytes) bytes",
                    found: extents.map { Int(clamping: $0) })
            }
            bytes = product
        }
        return shape
    }

    /// Whole trailing axes as far as they fit, then a part of the next, then 1; nil where there is nothing to cut.
    private static func chunkShape(_ shape: [Int], elementBytes: Int) -> [hsize_t]? {
        guard !shape.isEmpty, !shape.contains(0) else { return nil }
        var chunk = shape
        var bytes = elementBytes
        for axis in shape.indices.reversed() {
            chunk[axis] = max(1, min(shape[axis], chunkBytes / bytes))
            bytes = min(bytes * chunk[axis], chunkBytes)
        }
        return chunk.map { hsize_t($0) }
    }
}
