/// The memory that attention kernels work in: a row a token and some more, whatever the lengths of the segments.
package enum AttentionScratch {
    /// Rows beyond those of the token axis.
    package static let spareRows = 16

    package static func forwardColumns(width: Int, heads: Int) -> Int { width / heads + 16 }

    package static func backwardColumns(width: Int, heads: Int) -> Int { 2 * (width / heads) + 64 }
}
