import AttarStudents

/// Which examples each step of an epoch takes: a shuffle keyed by seed and epoch, cut into batches from its start.
///
/// A pure function of set, settings and epoch, so a run can go on anywhere. Starting an epoch allocates nothing.
package struct BatchOrder: Sendable {
    private let features: PackedFeatures
    private let batching: Batching
    private let accumulation: Int
    private let key: UInt64
    private var order: [Int]
    /// Where each step ends in `order`.
    private var ends: [Int] = []

    package init(_ features: PackedFeatures, settings: TrainerSettings) {
        self.features = features
        batching = settings.batching
        accumulation = settings.accumulation
        key = CounterBasedGenerator.mix(settings.seed ^ 0x6F72_6465_72)
        order = Array(0..<features.count)
        ends.reserveCapacity(features.count)
    }

    /// Steps of the epoch that was started.
    package var steps: Int { ends.count }

    /// The examples of a step of the epoch that was started.
    package func examples(ofStep step: Int) -> ArraySlice<Int> { order[(step > 0 ? ends[step - 1] : 0)..<ends[step]] }

    /// The examples of an epoch in their order.
    package func examples(ofEpoch epoch: Int) -> [Int] {
        var copy = self
        copy.start(epoch: epoch)
        return copy.order
    }

    /// Steps of the first `epochs` epochs. With batches by tokens it takes their shuffles to know.
    package func steps(inEpochs epochs: Int) -> Int {
        var copy = self
        if case .examples = batching {
            copy.start(epoch: 1)
            return copy.steps * epochs
        }
        return (0..<epochs).reduce(0) { sum, epoch in
            copy.start(epoch: epoch + 1)
            return sum + copy.steps
        }
    }

    package mutating func start(epoch: Int) {
        for index in order.indices { order[index] = index }
        let epochKey = key &+ UInt64(epoch) &* 0x1_0000_0000
        for index in stride(from: order.count - 1, to: 0, by: -1) {
            let draw = CounterBasedGenerator.mix(epochKey &+ UInt64(index))
            order.swapAt(index, Int(draw.multipliedFullWidth(by: UInt64(index + 1)).high))
        }
        ends.removeAll(keepingCapacity: true)
        var (start, batches) = (0, 0)
        while start < order.count {
            start = endOfBatch(from: start)
            batches += 1
            if batches % accumulation == 0 || start == order.count { ends.append(start) }
        }
    }

    private func endOfBatch(from start: Int) -> Int {
        switch batching {
        case .examples(let count): return min(start + count, order.count)
        case .tokens(let budget):
            var (end, tokens) = (start, 0)
            repeat {
                tokens += features.length(order[end])
                end += 1
            } while end < order.count && tokens + features.length(order[end]) <= budget
            return end
        }
    }
}
