/// An axis of a batch: its length is known only at run time. A child axis is divided among the elements of its parent
/// by offsets:
/// "features" of "examples", say. Nothing is padded.
package struct BatchAxis: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let parentName: String?

    package init(_ name: String, of parent: String? = nil) {
        self.name = name
        parentName = parent
    }

    package var description: String { name }
}

/// The length of one side of a value.
package enum Extent: Hashable, Sendable, CustomStringConvertible {
    case fixed(Int)
    case batch(BatchAxis)

    package var description: String {
        switch self {
        case .fixed(let size): "\(size)"
        case .batch(let axis): axis.name
        }
    }
}

/// Rows and columns of a value. Columns are always a fixed number; rows may follow a batch axis.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
    package let rows: Extent
    package let columns: Int

    package init(_ rows: Extent, _ columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    package static let scalar = Shape(.fixed(1), 1)

    package var description: String { "[\(rows), \(columns)]" }
}
