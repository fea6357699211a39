import AttarGraph
import AttarRuntime
import AttarStudents
import CAttarTrainingKernels

/// One shard's memory and program. Used by one thread at a time.
final class Shard: @unchecked Sendable {
    private var executor: Executor
    private let inputs: Inputs
    private let examplesAxis: Int
    private var features = 0
    private var examples = 0

    private struct Inputs {
        let ids, weights, offsets, keys, one: Int?
        let softTargets, softWeights, goldTargets, goldWeights: Int?
        let loss: Int
    }

    init(_ program: Program, featureCapacity: Int, parameters: ParameterStore, kernels: Kernels) throws(RuntimeError) {
        let isExamples = program.axes.map { $0.name == BagStudent.examples.name }
        examplesAxis = isExamples.firstIndex(of: true) ?? 0
        executor = try Executor(
            program, capacities: isExamples.map { $0 ? Trainer.shardExamples : featureCapacity },
            parameters: parameters.pointers(for: program), kernels: kernels)
        guard let loss = program.buffer(named: "loss") else { throw .unknownBuffer(name: "loss") }
        inputs = Inputs(
            ids: program.buffer(named: "ids"), weights: program.buffer(named: "weights"),
            offsets: program.buffer(named: "features.offsets"), keys: program.buffer(named: "keys"),
            one: program.buffer(named: "one"), softTargets: program.buffer(named: "soft.targets"),
            softWeights: program.buffer(named: "soft.weights"), goldTargets: program.buffer(named: "gold.targets"),
            goldWeights: program.buffer(named: "gold.weights"), loss: loss)
    }

    /// Copies the examples in and runs the program; label weights are multiplied by `scale`.
    func run(_ part: ArraySlice<Int>, of set: TrainingSet, scale: Float, runKey: UInt64) throws(RuntimeError) {
        examples = part.count
        features = 0
        for (slot, example) in part.enumerated() {
            let range = set.features.offsets[example]..<set.features.offsets[example + 1]
            if let ids = inputs.ids { copy(set.features.ids, range, to: ids, at: features) }
            if let weights = inputs.weights { copy(set.features.weights, range, to: weights, at: features) }
            if let offsets = inputs.offsets { executor.pointer(to: offsets, as: UInt32.self)[slot] = UInt32(features) }
            if let keys = inputs.keys {
                executor.pointer(to: keys, as: UInt32.self)[slot] = UInt32(truncatingIfNeeded: example)
            }
            features += range.count
            let row = (example * set.classes)..<((example + 1) * set.classes)
            if let targets = inputs.softTargets { copy(set.softTargets, row, to: targets, at: slot * set.classes) }
            if let weights = inputs.softWeights {
                executor.pointer(to: weights, as: Float.self)[slot] = set.softWeights[example] * scale
            }
            if let targets = inputs.goldTargets { copy(set.goldTargets, row, to: targets, at: slot * set.classes) }
            if let weights = inputs.goldWeights {
                executor.pointer(to: weights, as: Float.self)[slot] = set.goldWeights[example] * scale
            }
        }
        if let offsets = inputs.offsets { executor.pointer(to: offsets, as: UInt32.self)[examples] = UInt32(features) }
        if let one = inputs.one { executor.pointer(to: one, as: Float.self)[0] = 1 }
        let (axis, examples, features) = (examplesAxis, examples, features)
        try executor.run(runKey: runKey) { $0 == axis ? examples : features }
    }

    var loss: Float { executor.pointer(to: inputs.loss, as: Float.self)[0] }

    func pointer(_ buffer: Int) -> UnsafeMutablePointer<Float> { executor.pointer(to: buffer) }

    /// The table rows that this shard's last run used.
    func uses(ids: Int, weights: Int, source: Int) -> ShardUses {
        let width = executor.program.buffers[source].columns
        return ShardUses(
            ids: UnsafePointer(executor.pointer(to: ids)), weights: UnsafePointer(executor.pointer(to: weights)),
            offsets: UnsafePointer(executor.pointer(to: inputs.offsets ?? 0)),
            source: UnsafePointer(executor.pointer(to: source)),
            examples: examples, width: width)
    }

    private func copy<Element>(_ from: [Element], _ range: Range<Int>, to buffer: Int, at start: Int) {
        from.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress, !range.isEmpty else { return }
            executor.pointer(to: buffer, as: Element.self).advanced(by: start)
                .update(from: base + range.lowerBound, count: range.count)
        }
    }
}

/// A view of one shard's table lookups and the cotangents of its bags.
struct ShardUses {
    let ids: UnsafePointer<UInt32>
    let weights: UnsafePointer<Float>
    let offsets: UnsafePointer<UInt32>
    let source: UnsafePointer<Float>
    let examples: Int
    let width: Int
}
