import AttarGraph
import AttarRuntime
import AttarStudents
import CAttarTrainingKernels
import Foundation

package struct TrainerSettings: Sendable, Equatable {
    package var batchExamples: Int
    package var optimizer: AdamWSettings
    package var tableOptimizer: TableOptimizer
    package var schedule: LearningRateSchedule
    package var seed: UInt64
    package var threads: Int

    package init(
        batchExamples: Int, optimizer: AdamWSettings, tableOptimizer: TableOptimizer = .adamw,
        schedule: LearningRateSchedule, seed: UInt64,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
        self.batchExamples = batchExamples
        self.optimizer = optimizer
        self.tableOptimizer = tableOptimizer
        self.schedule = schedule
        self.seed = seed
        self.threads = threads
    }
}

/// Why training cannot start or go on.
package enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    case noExamples
    case lossNotFinite(step: Int)

    package var description: String {
        switch self {
        case .noExamples: "there is no example to train on: every row was dropped or lacks a label"
        case .lossNotFinite(let step):
            "the loss is not finite at step \(step): lower `train.learning-rate`, or look for extreme weights in the data"
        }
    }
}

/// Trains a student: a sequence of steps that the caller drives, one batch each.
///
/// A batch is cut into shards of `shardExamples` examples. Each shard runs the same program on its own memory,
/// whichever thread takes it; gradients are
/// added in the order of the shards. So the result does not depend on the number of threads.
package final class Trainer {
    /// Examples of one shard. Fixed: it decides the order of sums.
    package static let shardExamples = 16

    package let parameters: ParameterStore
    package let settings: TrainerSettings
    package private(set) var step = 0

    private let set: TrainingSet
    private let declarations: [ParameterDeclaration]
    private let gradients: [ParameterGradient]
    private let shards: [Shard]
    private let kernels: TrainingKernels
    private let firstMoments: ParameterStore
    private let secondMoments: ParameterStore
    private var dense: ParameterStore
    private var tables: [Int: TableGradient] = [:]

    /// Where a parameter's gradient comes out of the step program.
    private enum ParameterGradient {
        case none
        case dense(output: Int)
        case sparse(ids: Int, weights: Int, source: Int)
    }

    /// - Parameters:
    ///   - parameters: start values; updated in place.
    package init(
        student: some Student, objective: some Objective, set: TrainingSet, parameters: ParameterStore,
        settings: TrainerSettings,
        kernels: TrainingKernels
    ) throws {
        guard set.count > 0 else { throw TrainingError.noExamples }
        precondition(settings.batchExamples > 0 && settings.threads > 0)
        var graph = Graph()
        let loss = objective.loss(of: student.logits(in: &graph, training: true), in: &graph)
        let declarations = student.parameters
        let wanted = try declarations.map { declaration in
            guard let parameter = graph.parameter(named: declaration.name) else {
                throw GraphError.noGradient(
                    op: "“\(declaration.name)”", reason: "the student declares it and does not use it")
            }
            return parameter
        }
        let found = try graph.addGradients(of: loss, for: wanted)
        graph.output("loss", loss)
        for (declaration, gradient) in zip(declarations, found) {
            switch gradient {
            case .dense(let value)?: graph.output("\(declaration.name).gradient", value)
            case .sparse(let uses)?:
                guard uses.count == 1 else {
                    throw GraphError.noGradient(
                        op: "“\(declaration.name)”",
                        reason: "\(uses.count) bags look it up; a trainer updates a table from one")
                }
                for (index, use) in uses.enumerated() {
                    graph.output("\(declaration.name).source\(index)", use.source)
                    if case .input = graph.nodes[use.weights.node].op { continue }
                    graph.output("\(declaration.name).weights\(index)", use.weights)
                }
            case nil: break
            }
        }
        let program = try graph.lowered()
        gradients = zip(declarations, found).map { declaration, gradient in
            switch gradient {
            case .dense?:
                program.buffer(named: "\(declaration.name).gradient").map { .dense(output: $0) } ?? .none
            case .sparse?:
                if let source = program.buffer(named: "\(declaration.name).source0"),
                    let ids = program.buffer(named: "ids"),
                    let weights = program.buffer(named: "\(declaration.name).weights0")
                        ?? program.buffer(named: "weights")
                {
                    .sparse(ids: ids, weights: weights, source: source)
                } else {
                    .none
                }
            case nil: .none
            }
        }
        self.declarations = declarations
        self.set = set
        self.parameters = parameters
        self.settings = settings
        self.kernels = kernels
        let shapes = parameters.entries.map { ($0.name, $0.rows, $0.columns, $0.type) }
        firstMoments = try ParameterStore(shapes)
        secondMoments = try ParameterStore(shapes)
        dense = try ParameterStore(
            zip(shapes, gradients).map { shape, gradient in
                if case .dense = gradient { shape } else { (shape.0, 0, 0, .float32) }
            })
        let shardCount = (settings.batchExamples + Self.shardExamples - 1) / Self.shardExamples
        let capacity = Self.shardExamples * set.features.longest
        shards = try (0..<shardCount).map { _ in
            try Shard(program, featureCapacity: capacity, parameters: parameters, kernels: kernels.kernels)
        }
        for (index, gradient) in gradients.enumerated() {
            if case .sparse = gradient {
                let entry = parameters.entries[index]
                tables[index] = TableGradient(
                    rows: entry.rows, width: entry.columns, capacity: min(shardCount * capacity, .max))
            }
        }
    }

    package var stepsPerEpoch: Int { (set.count + settings.batchExamples - 1) / settings.batchExamples }

    /// The order of examples in an epoch: a shuffle keyed by seed and epoch.
    package func order(ofEpoch epoch: Int) -> [Int] {
        var order = Array(0..<set.count)
        let key = CounterBasedGenerator.mix(settings.seed ^ 0x6F72_6465_72) &+ UInt64(epoch) &* 0x1_0000_0000
        for index in stride(from: order.count - 1, to: 0, by: -1) {
            let draw = CounterBasedGenerator.mix(key &+ UInt64(index))
            order.swapAt(index, Int(draw.multipliedFullWidth(by: UInt64(index + 1)).high))
        }
        return order
    }

    /// One update from the given examples; the loss is the weighted mean over them.
    package func train(on examples: ArraySlice<Int>) throws -> Float {
        precondition(!examples.isEmpty && examples.count <= settings.batchExamples)
        step += 1
        let total = Float(examples.reduce(0.0) { $0 + weight(of: $1) })
        let inverse = total > 0 ? 1 / total : 0
        let live = (examples.count + Self.shardExamples - 1) / Self.shardExamples
        let runKey = CounterBasedGenerator.mix(settings.seed &+ UInt64(step) &* 0x9E37_79B9)
        let firstError = FirstError()
        parallel(live) { [shards, set] index in
            let start = examples.startIndex + index * Self.shardExamples
            let part = examples[start..<min(start + Self.shardExamples, examples.endIndex)]
            do { try shards[index].run(part, of: set, scale: inverse, runKey: runKey) } catch { firstError.note(error) }
        }
        try firstError.rethrow()
        let loss = shards[..<live].reduce(Float(0)) { $0 + $1.loss }
        guard loss.isFinite else { throw TrainingError.lossNotFinite(step: step) }
        update(liveShards: live)
        return loss
    }

    private func weight(of example: Int) -> Double {
        // Rows with both kinds of label count once for the mean.
        let soft = set.softWeights.isEmpty ? 0 : set.softWeights[example]
        let gold = set.goldWeights.isEmpty ? 0 : set.goldWeights[example]
        return Double(soft + gold)
    }

    private func update(liveShards live: Int) {
        let functions = kernels.functions
        let rate = settings.schedule.rate(at: step)
        for (index, gradient) in gradients.enumerated() {
            let adamw = settings.optimizer.step(step, learningRate: rate, decays: declarations[index].decays)
            let (x, m, v) = (parameters.floats(index), firstMoments.floats(index), secondMoments.floats(index))
            switch gradient {
            case .none: continue
            case .dense(let output):
                let parts = shards[..<live].map { UnsafePointer($0.pointer(output)) as UnsafePointer<Float>? }
                let sum = dense.floats(index)
                parts.withUnsafeBufferPointer {
                    functions.sum_shards(sum.baseAddress, $0.baseAddress, Int64(live), 0, Int64(sum.count))
                }
                functions.adamw(
                    x.baseAddress, m.baseAddress, v.baseAddress, sum.baseAddress, 0, Int64(sum.count), adamw)
            case .sparse(let ids, let weights, let source):
                guard let table = tables[index] else { continue }
                table.collect(shards[..<live].map { $0.uses(ids: ids, weights: weights, source: source) })
                let slices = settings.threads
                let rows = table.touchedRows
                let tableOptimizer = settings.tableOptimizer
                var adagrad = attar_adagrad(
                    learning_rate: 0, epsilon: settings.optimizer.epsilon, weight_decay: adamw.weight_decay)
                if case .adagrad(let peak) = tableOptimizer {
                    adagrad.learning_rate = peak * settings.schedule.share(at: step)
                }
                let addresses = TableAddresses(x: x.baseAddress, m: m.baseAddress, v: v.baseAddress)
                parallel(slices) { [kernels, adagrad] slice in
                    let functions = kernels.functions
                    let (from, to) = (Int64(rows * slice / slices), Int64(rows * (slice + 1) / slices))
                    functions.sum_row_uses(table.gradient, table.uses, table.first, from, to, Int64(table.width))
                    switch tableOptimizer {
                    case .adamw:
                        functions.adamw_rows(
                            addresses.x, addresses.m, addresses.v, table.gradient, table.row, from, to,
                            Int64(table.width), adamw)
                    case .adagrad:
                        functions.adagrad_rows(
                            addresses.x, addresses.v, table.gradient, table.row, from, to, Int64(table.width), adagrad)
                    }
                }
            }
        }
    }

    private func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if settings.threads == 1 || count == 1 {
            for index in 0..<count { body(index) }
        } else {
            DispatchQueue.concurrentPerform(iterations: count, execute: body)
        }
    }
}

/// Pointers that the slices of one update share; the slices touch disjoint rows.
private struct TableAddresses: @unchecked Sendable {
    let x: UnsafeMutablePointer<Float>?
    let m: UnsafeMutablePointer<Float>?
    let v: UnsafeMutablePointer<Float>?
}

private final class FirstError: @unchecked Sendable {
    private let lock = NSLock()
    private var error: (any Error)?

    func note(_ error: any Error) { lock.withLock { self.error = self.error ?? error } }

    func rethrow() throws { if let error { throw error } }
}
