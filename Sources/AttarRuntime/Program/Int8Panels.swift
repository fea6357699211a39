import CAttarKernels

/// The memory of linear weights in int8, `[outputs, inner]`: one float scale an output, then one Int32 an output, the sum
/// of its codes, both padded to whole panels; then panels of 16 outputs, each `[inner / 4, 16, 4]` codes with the inner
/// axis padded to quads. Sums are over all that stands in a panel, padding included.
package enum Int8Panels {
    /// Most inner steps: their products add up within 32 bits, whatever the codes.
    package static let mostInner = 65536
    /// Rows of activations that the kernel turns to integers together: rows of its scratch.
    package static let scratchRows = 16

    /// Columns of the scratch in floats: two bytes a code, whole vectors of them.
    package static func scratchColumns(inner: Int) -> Int { (inner + 15) / 16 * 8 }

    /// Where a code stands, in bytes from the first one.
    package static func position(row: Int, column: Int, columns: Int) -> Int {
        row / 16 * (16 * ((columns + 3) / 4 * 4)) + column / 4 * 64 + row % 16 * 4 + column % 4
    }

    /// Whether the stored sums are those of the codes: kernels rely on it.
    package static func sumsAreRight(_ panels: UnsafeRawPointer, outputs: Int, inner: Int) -> Bool {
        attar_int8_sums_are_right(panels, Int64(outputs), Int64(inner)) != 0
    }
}
