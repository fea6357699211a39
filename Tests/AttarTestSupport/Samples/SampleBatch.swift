/// How many elements each axis of a sample has, and what draws are keyed by.
package struct SampleBatch: Sendable {
    /// Elements of each axis, by its name.
    package var counts: [String: Int] = [:]
    /// Offsets that divide a child axis among its parent's elements, by the child's name.
    package var offsets: [String: [Int]] = [:]
    /// Keys the random draws of one run.
    package var runKey: UInt64 = 0

    package init(counts: [String: Int] = [:], offsets: [String: [Int]] = [:], runKey: UInt64 = 0) {
        self.counts = counts
        self.offsets = offsets
        self.runKey = runKey
    }
}
