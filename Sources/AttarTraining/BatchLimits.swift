/// The most that one step, and one shard of it, can take from a set: what memory is planned for.
struct BatchLimits: Sendable, Equatable {
    /// Most examples of a step, and their ids.
    let examples, elements: Int
    /// Most ids of a shard: those of the longest examples.
    let shardElements: Int
    /// Shards that have memory at the same time.
    let shards: Int

    init(_ features: PackedFeatures, settings: TrainerSettings) {
        let lengths = (0..<features.count).map(features.length).sorted(by: >)
        func longest(_ count: Int) -> Int { lengths.prefix(count).reduce(0, +) }
        let examplesOfShard = Trainer.shardExamples
        switch settings.batching {
        case .examples(let count):
            examples = min(count.multipliedOrMax(by: settings.accumulation), lengths.count)
            elements = longest(examples)
        case .tokens(let budget):
            let most = max(budget, lengths.first ?? 0).multipliedOrMax(by: settings.accumulation)
            elements = min(most, longest(lengths.count))
            // The shortest examples fill a budget with the largest number.
            var (count, left) = (0, elements)
            for length in lengths.reversed() where length <= left {
                left -= length
                count += 1
            }
            examples = max(count, 1)
        }
        shardElements = min(longest(examplesOfShard), elements)
        let all = (examples + examplesOfShard - 1) / examplesOfShard
        shards = min(all, settings.shardsAtOnce ?? max(8, 2 * settings.threads))
    }
}

extension Int {
    fileprivate func multipliedOrMax(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
