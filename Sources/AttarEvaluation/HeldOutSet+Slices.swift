import AttarRuntime
import Foundation

/// A named part of the held-out rows.
struct Slice {
    /// What rows are grouped by: "length", "label", the name of a column.
    let by: String
    let name: String
    let rows: [Int]
}

// Parts of the held-out rows: by length, by label, by the columns that were asked for.
extension HeldOutSet {
    /// Fewer rows say nothing.
    static let leastSliceRows = 20
    /// A column with more values than this is no grouping.
    static let mostSlicesOfColumn = 200

    var slices: [Slice] {
        let all =
            slicesByLength + slices(by: "label") { labels[gold[$0]] }
            + columns.flatMap { column in slices(by: column.name) { column.values[$0] } }
        // A part that is nearly everything has no rest to be compared with.
        return all.filter { $0.rows.count >= Self.leastSliceRows && count - $0.rows.count >= Self.leastSliceRows }
    }

    /// Quarters by number of words, texts of one length in one of them.
    private var slicesByLength: [Slice] {
        let lengths = texts.map { $0.split(whereSeparator: \.isWhitespace).count }
        let sorted = lengths.sorted()
        var slices: [Slice] = []
        var lowest = sorted.first ?? 0
        for quarter in 1...4 {
            let last = sorted[max(0, sorted.count * quarter / 4 - 1)]
            guard last >= lowest else { continue }
            let rows = lengths.indices.filter { (lowest...last).contains(lengths[$0]) }
            slices.append(Slice(by: "length", name: Self.words(lowest, last), rows: rows))
            lowest = last + 1
        }
        return slices
    }

    private static func words(_ first: Int, _ last: Int) -> String {
        first == last ? "\(first) word\(first == 1 ? "" : "s")" : "\(first) to \(last) words"
    }

    private func slices(by name: String, value: (Int) -> String?) -> [Slice] {
        var rows: [String: [Int]] = [:]
        for row in texts.indices { rows[value(row) ?? "(none)", default: []].append(row) }
        guard rows.count <= Self.mostSlicesOfColumn else { return [] }
        return rows.keys.sorted().map { Slice(by: name, name: $0, rows: rows[$0] ?? []) }
    }
}
