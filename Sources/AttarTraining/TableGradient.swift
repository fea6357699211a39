import CAttarTrainingKernels

/// The sparse gradient of a table over a batch: the rows that were used, each with its uses in the order of shards
/// and features.
final class TableGradient: @unchecked Sendable {
    let width: Int
    private(set) var touchedRows = 0
    let uses: UnsafeMutablePointer<attar_row_use>
    /// `first[u]..<first[u + 1]` are the uses of touched row u.
    let first: UnsafeMutablePointer<UInt32>
    /// Touched rows in the order of their first use.
    let row: UnsafeMutablePointer<UInt32>
    /// `[touchedRows, width]`.
    let gradient: UnsafeMutablePointer<Float>

    /// For each table row: 1 + its place among the touched rows, or 0.
    private let place: UnsafeMutablePointer<UInt32>
    private let next: UnsafeMutablePointer<UInt32>

    init(rows: Int, width: Int, capacity: Int) {
        self.width = width
        let touched = min(rows, capacity)
        uses = .allocate(capacity: max(capacity, 1))
        first = .allocate(capacity: touched + 1)
        next = .allocate(capacity: touched + 1)
        row = .allocate(capacity: touched + 1)
        gradient = UnsafeMutableRawPointer.allocate(byteCount: max(touched * width, 16) * 4, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(touched * width, 16))
        place = .allocate(capacity: rows)
        place.initialize(repeating: 0, count: rows)
    }

    deinit {
        uses.deallocate()
        first.deallocate()
        next.deallocate()
        row.deallocate()
        gradient.deallocate()
        place.deallocate()
    }

    /// Sorts the uses of all shards by row: count, place, fill.
    func collect(_ shards: [ShardUses]) {
        for touched in 0..<touchedRows { place[Int(row[touched])] = 0 }
        touchedRows = 0
        for shard in shards {
            for feature in 0..<Int(shard.offsets[shard.examples]) where shard.weights[feature] != 0 {
                let id = Int(shard.ids[feature])
                if place[id] == 0 {
                    row[touchedRows] = UInt32(id)
                    next[touchedRows] = 0
                    touchedRows += 1
                    place[id] = UInt32(touchedRows)
                }
                next[Int(place[id]) - 1] += 1
            }
        }
        var start: UInt32 = 0
        for touched in 0..<touchedRows {
            first[touched] = start
            start += next[touched]
            next[touched] = first[touched]
        }
        first[touchedRows] = start
        for (index, shard) in shards.enumerated() {
            for example in 0..<shard.examples {
                let source = shard.source + example * shard.width
                for feature in Int(shard.offsets[example])..<Int(shard.offsets[example + 1])
                where shard.weights[feature] != 0 {
                    let touched = Int(place[Int(shard.ids[feature])]) - 1
                    uses[Int(next[touched])] = attar_row_use(
                        source: source, weight: shard.weights[feature], shard: UInt32(index))
                    next[touched] += 1
                }
            }
        }
    }
}
