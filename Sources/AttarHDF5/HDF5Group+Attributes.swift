internal import CHDF5
import Foundation

/// Attributes: small named values on a group or on one of its datasets (`entry`; nil is the group itself).
extension HDF5Group {
    package func setAttribute(_ name: String, to text: String, on entry: String? = nil) throws(HDF5Error) {
        let place = attributePlace(name, on: entry)
        guard !text.utf8.contains(0) else { throw .badText(path: place.path, object: place.object, index: 0) }
        let type = try place.own(attar_hdf5_new_string_type(), to: "set up the text type", close: H5Tclose)
        let attribute = try createAttribute(name, type: type.raw, on: entry, at: place)
        let status = text.withCString { start in
            var pointer: UnsafePointer<CChar>? = start
            return H5Awrite(attribute.raw, type.raw, &pointer)
        }
        try place.check(status, to: "write the attribute")
    }

    package func setAttribute<Number: HDF5Element>(
        _ name: String, to number: Number, on entry: String? = nil
    ) throws(HDF5Error) {
        let place = attributePlace(name, on: entry)
        let attribute = try createAttribute(name, type: Number.kind.fileType, on: entry, at: place)
        var number = number
        try place.check(H5Awrite(attribute.raw, Number.kind.memoryType, &number), to: "write the attribute")
    }

    /// The text of an attribute.
    package func textAttribute(_ name: String, on entry: String? = nil) throws(HDF5Error) -> String {
        let place = attributePlace(name, on: entry)
        let attribute = try openAttribute(name, on: entry, at: place)
        try requireSingle(attribute, at: place, expected: "text") { attar_hdf5_is_text($0) != 0 }
        let type = try place.own(attar_hdf5_new_string_type(), to: "set up the text type", close: H5Tclose)
        var pointer: UnsafeMutablePointer<CChar>?
        try place.check(H5Aread(attribute.raw, type.raw, &pointer), to: "read the attribute")
        defer { _ = H5free_memory(pointer) }
        guard let text = pointer.map({ String(validatingCString: $0) }) ?? "" else {
            throw .badText(path: place.path, object: place.object, index: 0)
        }
        return text
    }

    /// The number of an attribute, which must be exactly of this type.
    package func numberAttribute<Number: HDF5Element>(
        _ name: String, as type: Number.Type = Number.self, on entry: String? = nil
    ) throws(HDF5Error) -> Number {
        let place = attributePlace(name, on: entry)
        let attribute = try openAttribute(name, on: entry, at: place)
        try requireSingle(attribute, at: place, expected: Number.kind.rawValue) {
            H5Tequal($0, Number.kind.fileType) > 0
        }
        var number = Number.zero
        try place.check(H5Aread(attribute.raw, Number.kind.memoryType, &number), to: "read the attribute")
        return number
    }

    package func hasAttribute(_ name: String) throws(HDF5Error) -> Bool { try attributeNames().contains(name) }

    /// All text attributes of this group.
    package func textAttributes() throws(HDF5Error) -> [String: String] {
        var result: [String: String] = [:]
        for name in try attributeNames() { result[name] = try textAttribute(name) }
        return result
    }

    private func attributeNames() throws(HDF5Error) -> [String] {
        let count = H5Aget_num_attrs(identifier.raw)
        try location.check(count, to: "list the attributes")
        return try collectNames(count: Int(count), in: location) { index, buffer, capacity in
            attar_hdf5_attribute_name(identifier.raw, hsize_t(index), buffer, capacity)
        }
    }

    private func attributePlace(_ name: String, on entry: String?) -> HDF5Location {
        let owner = entry.map { location.appending($0) } ?? location
        return HDF5Location(path: location.path, object: "\(owner.object), attribute “\(name)”")
    }

    private func createAttribute(
        _ name: String, type: Int64, on entry: String?, at place: HDF5Location
    ) throws(HDF5Error) -> HDF5Identifier {
        guard !name.isEmpty, !name.utf8.contains(0) else { throw .badName(path: location.path, name: name) }
        let space = try place.own(attar_hdf5_new_scalar_space(), to: "set up the attribute", close: H5Sclose)
        let list = attar_hdf5_default()
        let raw = H5Acreate_by_name(identifier.raw, entry ?? ".", name, type, space.raw, list, list, list)
        return try place.own(raw, to: "create the attribute", close: H5Aclose)
    }

    private func openAttribute(
        _ name: String, on entry: String?, at place: HDF5Location
    ) throws(HDF5Error) -> HDF5Identifier {
        if let entry { try requireEntry(entry) }
        let list = attar_hdf5_default()
        guard H5Aexists_by_name(identifier.raw, entry ?? ".", name, list) > 0 else {
            let present = entry == nil ? try attributeNames() : []
            throw .missing(path: place.path, object: place.object, present: present)
        }
        let raw = H5Aopen_by_name(identifier.raw, entry ?? ".", name, list, list)
        return try place.own(raw, to: "open the attribute", close: H5Aclose)
    }

    private func requireSingle(
        _ attribute: borrowing HDF5Identifier, at place: HDF5Location, expected: String, _ fits: (Int64) -> Bool
    ) throws(HDF5Error) {
        let stored = try place.own(H5Aget_type(attribute.raw), to: "read the type", close: H5Tclose)
        guard fits(stored.raw) else {
            throw .wrongType(
                path: place.path, object: place.object, expected: expected,
                found: String(cString: attar_hdf5_type_name(stored.raw)))
        }
        let space = try place.own(H5Aget_space(attribute.raw), to: "read the shape", close: H5Sclose)
        let count = H5Sget_simple_extent_npoints(space.raw)
        guard count == 1 else {
            throw .wrongShape(path: place.path, object: place.object, expected: "of one value", found: [Int(count)])
        }
    }
}
