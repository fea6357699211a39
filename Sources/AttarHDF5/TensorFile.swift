import Foundation

/// Tensors with their names and attributes in one HDF5 file: checkpoints.
///
/// `/` has `format` and `schema-version`; `/attributes` holds the attributes; `/tensors` holds one dataset a tensor,
/// each with its `position`.
package enum TensorFile {
    package static let format = "attar checkpoint"
    package static let schemaVersion: Int64 = 1

    /// What a file holds: the tensors in the order in which they were written.
    package struct Contents: Equatable, Sendable {
        package var tensors: [Tensor]
        package var attributes: [String: String]

        package init(tensors: [Tensor], attributes: [String: String]) {
            self.tensors = tensors
            self.attributes = attributes
        }
    }

    /// Writes a file; names must be unique, and the same contents give the same bytes.
    package static func write(
        tensors: [Tensor], attributes: [String: String], to url: URL
    ) throws(HDF5Error) {
        try HDF5File.create(at: url) { root throws(HDF5Error) in
            try root.setAttribute("format", to: format)
            try root.setAttribute("schema-version", to: schemaVersion)
            let notes = try root.createGroup("attributes")
            for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { try notes.setAttribute(name, to: value) }
            let group = try root.createGroup("tensors")
            for (position, tensor) in tensors.enumerated() {
                try group.writeNumbers(tensor.values, shape: tensor.shape, named: tensor.name)
                try group.setAttribute("position", to: Int64(position), on: tensor.name)
            }
        }
    }

    package static func read(_ url: URL) throws(HDF5Error) -> Contents {
        try HDF5File.read(at: url) { root throws(HDF5Error) in
            try root.requireFormat(format, schemaVersion: schemaVersion)
            let group = try root.group("tensors")
            var tensors: [(position: Int64, tensor: Tensor)] = []
            for name in try group.names() {
                let position = try group.numberAttribute("position", as: Int64.self, on: name)
                let array = try group.numbers(Float.self, named: name)
                tensors.append((position, Tensor(name: name, shape: array.shape, values: array.values)))
            }
            tensors.sort { ($0.position, $0.tensor.name) < ($1.position, $1.tensor.name) }
            return Contents(tensors: tensors.map(\.tensor), attributes: try root.group("attributes").textAttributes())
        }
    }
}

extension HDF5Group {
    /// Throws unless the root's `format` and `schema-version` are those given.
    package func requireFormat(_ format: String, schemaVersion: Int64) throws(HDF5Error) {
        let object = "/, attribute “format”"
        let found = try textAttribute("format")
        guard found == format else {
            throw .wrongType(path: location.path, object: object, expected: "“\(format)”", found: "“\(found)”")
        }
        let version = try numberAttribute("schema-version", as: Int64.self)
        guard version == schemaVersion else {
            throw .wrongType(
                path: location.path, object: "/, attribute “schema-version”", expected: "\(schemaVersion)",
                found: "\(version); another version of attar wrote this file")
        }
    }
}
