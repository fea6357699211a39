internal import CHDF5

/// A group of an open file: names that stand for groups and datasets, and attributes.
///
/// Lives only inside the closure of `HDF5File` that gets it, which holds the library's lock.
package struct HDF5Group: ~Copyable {
    let identifier: HDF5Identifier
    let location: HDF5Location

    init(_ identifier: consuming HDF5Identifier, at location: HDF5Location) {
        self.identifier = identifier
        self.location = location
    }

    /// A new group in this one.
    package func createGroup(_ name: String) throws(HDF5Error) -> HDF5Group {
        try location.checkName(name)
        let place = location.appending(name)
        let creation = try place.own(attar_hdf5_new_group_creation(), to: "set up the group", close: H5Pclose)
        let raw = H5Gcreate2(
            identifier.raw, name, attar_hdf5_default(), creation.raw, attar_hdf5_default())
        return HDF5Group(try place.own(raw, to: "create the group", close: H5Gclose), at: place)
    }

    /// A group in this one.
    package func group(_ name: String) throws(HDF5Error) -> HDF5Group {
        try requireEntry(name)
        let place = location.appending(name)
        let raw = H5Gopen2(identifier.raw, name, attar_hdf5_default())
        return HDF5Group(try place.own(raw, to: "open the group", close: H5Gclose), at: place)
    }

    /// The names in this group, sorted.
    package func names() throws(HDF5Error) -> [String] {
        var information = H5G_info_t()
        try location.check(H5Gget_info(identifier.raw, &information), to: "list the group")
        return try collectNames(count: Int(information.nlinks), in: location) { index, buffer, capacity in
            attar_hdf5_link_name(identifier.raw, hsize_t(index), buffer, capacity)
        }
    }

    func requireEntry(_ name: String) throws(HDF5Error) {
        try location.checkName(name)
        guard H5Lexists(identifier.raw, name, attar_hdf5_default()) > 0 else {
            let present = try names()
            throw .missing(path: location.path, object: location.appending(name).object, present: present)
        }
    }
}

/// Asks for each of `count` names, first for its length, then for its bytes.
func collectNames(
    count: Int, in location: HDF5Location, _ ask: (Int, UnsafeMutablePointer<CChar>?, Int) -> Int
) throws(HDF5Error) -> [String] {
    var names: [String] = []
    for index in 0..<count {
        let length = ask(index, nil, 0)
        try location.check(length, to: "read a name")
        var buffer = [CChar](repeating: 0, count: length + 1)
        let status = buffer.withUnsafeMutableBufferPointer { ask(index, $0.baseAddress, $0.count) }
        try location.check(status, to: "read a name")
        names.append(String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return names
}
