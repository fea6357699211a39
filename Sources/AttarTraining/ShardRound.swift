import AttarRuntime

/// The shards of one round: as many examples as have memory at the same time. One part is one shard.
final class ShardRound: PooledWork {
    /// Cut into shards from the start.
    var examples: ArraySlice<Int> = []
    /// What label weights are multiplied by.
    var scale: Float = 1
    var runKey: UInt64 = 0

    private let shards: [Shard]
    private let set: TrainingSet

    init(_ shards: [Shard], set: TrainingSet) {
        self.shards = shards
        self.set = set
    }

    /// Shards of this round.
    var live: Int { (examples.count + Trainer.shardExamples - 1) / Trainer.shardExamples }

    func run(part: Int, worker: Int) {
        shards[part].run(examples(ofShard: part), of: set, scale: scale, runKey: runKey)
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
