import CAttarTrainingKernels

/// The sparse gradient of a table over a step: the rows that were used, each with its uses in the order of shards and
/// lookups.
///
/// A step may need several rounds of shards. What earlier rounds gave a row then goes on as the first use of the next,
/// so that the sum is the same chain of additions as in one round.
final class TableGradient {
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
    /// For each lookup of a round: the place of its row among the touched ones.
    private let slots: UnsafeMutablePointer<UInt32>
    private let shards: [(shard: Shard, lookups: ShardLookups)]

    /// Marks what earlier rounds gave: no shard has this number.
    private static let earlierRounds = UInt32.max

    init(rows: Int, width: Int, limits: BatchLimits, shards: [Shard], lookups: TrainingProgram.TableLookups) {
        self.width = width
        self.shards = shards.map { ($0, $0.lookups(lookups)) }
        let touched = min(rows, limits.elements)
        let lookupsAtOnce = limits.shards * limits.shardElements
        uses = .allocate(capacity: max(touched + lookupsAtOnce, 1))
        slots = .allocate(capacity: max(lookupsAtOnce, 1))
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
        slots.deallocate()
        row.deallocate()
        gradient.deallocate()
        place.deallocate()
    }

    /// Bytes that it owns; nil where they overflow.
    static func bytes(rows: Int, width: Int, limits: BatchLimits) -> Int? {
        let touched = min(rows, limits.elements)
        let use = MemoryLayout<attar_row_use>.stride
        return sumOfProducts([
            (touched, 3 * 4), (touched, use), (limits.shards, (use + 4) * limits.shardElements), (touched, width * 4),
            (rows, 4),
        ])
    }

    /// Sorts the uses of the first `live` shards by row: count, place, fill.
    func collect(live: Int, isFirstRound: Bool) {
        if isFirstRound {
            for touched in 0..<touchedRows { place[Int(row[touched])] = 0 }
            touchedRows = 0
        }
        let carried = touchedRows
        for touched in 0..<carried { next[touched] = 1 }
        var slot = slots
        for (shard, lookups) in shards[..<live] {
            let (count, ids) = (Int(lookups.offsets[shard.examples]), lookups.ids)
            for lookup in 0..<count {
                guard lookups.isLive(lookup) else { continue }
                let id = Int(ids[lookup])
                var known = place[id]
                if known == 0 {
                    row[touchedRows] = UInt32(id)
                    next[touchedRows] = 0
                    touchedRows += 1
                    known = UInt32(touchedRows)
                    place[id] = known
                }
                slot[lookup] = known &- 1
                next[Int(known) - 1] &+= 1
            }
            slot += count
        }
        var start: UInt32 = 0
        for touched in 0..<touchedRows {
            first[touched] = start
            start += next[touched]
            next[touched] = first[touched]
        }
        first[touchedRows] = start
        for touched in 0..<carried {
            add(attar_row_use(source: gradient + touched * width, weight: 1, shard: Self.earlierRounds), to: touched)
        }
        slot = slots
        for (index, (shard, lookups)) in shards[..<live].enumerated() {
            for example in 0..<shard.examples {
                for lookup in Int(lookups.offsets[example])..<Int(lookups.offsets[example + 1])
                where lookups.isLive(lookup) {
                    let source = lookups.source + (lookups.hasOwnRows ? lookup : example) * width
                    add(
                        attar_row_use(source: source, weight: lookups.weights?[lookup] ?? 1, shard: UInt32(index)),
                        to: Int(slot[lookup]))
                }
            }
            slot += Int(lookups.offsets[shard.examples])
        }
    }

    private func add(_ use: attar_row_use, to touched: Int) {
        uses[Int(next[touched])] = use
        next[touched] &+= 1
    }
}

extension ShardLookups {
    /// A lookup of weight 0 does not use its row.
    fileprivate func isLive(_ lookup: Int) -> Bool { weights.map { $0[lookup] != 0 } ?? true }
}
