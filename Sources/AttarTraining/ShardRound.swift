import AttarRuntime

/// The shards of one round: as many examples as have memory at the same time. One part is one shard.
final class ShardRound: PooledWork {
    /// Cut into shards from the start.
    var examples: ArraySlice<Int> = [] { didSet { sortShards() } }
    /// What label weights are multiplied by.
    var scale: Float = 1
    var runKey: UInt64 = 0

    private let shards: [Shard]
    private let set: TrainingSet
    /// The shards of this round in the order in which threads take them, and the elements of each.
    private var order: [Int]
    private var elements: [Int]

    init(_ shards: [Shard], set: TrainingSet) {
        self.shards = shards
        self.set = set
        order = Array(shards.indices)
        elements = Array(repeating: 0, count: shards.count)
    }

    /// Shards of this round.
    var live: Int { (examples.count + Trainer.shardExamples - 1) / Trainer.shardExamples }

    func run(part: Int, worker: Int) {
        let shard = order[part]
        shards[shard].run(examples(ofShard: shard), of: set, scale: scale, runKey: runKey)
    }

    /// The longest first, so that threads end at about the same time.
    private func sortShards() {
        for shard in 0..<live {
            elements[shard] = set.features.elements(of: examples(ofShard: shard))
            var place = shard
            while place > 0, elements[order[place - 1]] < elements[shard] {
                order[place] = order[place - 1]
                place -= 1
            }
            order[place] = shard
        }
    }

    func throwFailure() throws(RuntimeError) {
        for shard in shards[..<live] {
            if let failure = shard.failure { throw failure }
        }
    }

    /// `loss` and the shards' losses, in their order.
    func addLosses(to loss: Float) -> Float { shards[..<live].reduce(loss) { $0 + $1.loss } }

    /// The first op whose result is not finite, and the examples of its shard.
    func findNotFinite() -> (op: String?, examples: [Int]) {
        for (index, shard) in shards[..<live].enumerated() {
            if let op = shard.firstOpNotFinite(runKey: runKey) { return (op, Array(examples(ofShard: index))) }
        }
        return (nil, Array(examples))
    }

    private func examples(ofShard shard: Int) -> ArraySlice<Int> {
        let start = examples.startIndex + shard * Trainer.shardExamples
        return examples[start..<min(start + Trainer.shardExamples, examples.endIndex)]
    }
}

extension PackedFeatures {
    /// Ids of these examples.
    func elements(of examples: ArraySlice<Int>) -> Int { examples.reduce(0) { $0 + length($1) } }
}
