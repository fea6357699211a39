import AttarGraph
import AttarRuntime
import AttarStudents

/// Trains a student: a sequence of steps that the caller drives, one update each.
///
/// The examples of a step are cut into shards of `shardExamples`. Each shard runs the same program on its own memory,
/// whichever thread takes it; gradients are added in the order of the shards. So the result does not depend on the
/// number of threads, nor on how many shards have memory at once. After the first step a step allocates nothing.
package final class Trainer {
    /// Examples of one shard. Fixed: it decides the order of sums.
    package static let shardExamples = 16

    package let settings: TrainerSettings
    /// What training takes of memory.
    package let plan: TrainingPlan
    /// Threads that validation may share between steps.
    package let pool: WorkerPool
    package internal(set) var state: TrainingState

    let set: TrainingSet
    let program: TrainingProgram
    private let limits: BatchLimits
    private let round: ShardRound
    private let parameterUpdate: ParameterUpdate
    private var batches: BatchOrder

    package var parameters: ParameterStore { state.parameters }
    package var step: Int { state.step }

    /// - Parameters:
    ///   - parameters: start values; updated in place.
    package init(
        student: some Student, objective: some Objective, set: TrainingSet, parameters: ParameterStore,
        settings: TrainerSettings, kernels: TrainingKernels
    ) throws {
        guard set.count > 0 else { throw TrainingError.noExamples }
        let program = try TrainingProgram(student: student, objective: objective)
        plan = try TrainingPlan(program, features: set.features, settings: settings)
        try plan.check(settings, taken: parameters)
        try program.check(set.features)
        self.settings = settings
        self.set = set
        self.program = program
        let limits = BatchLimits(set.features, settings: settings)
        self.limits = limits
        batches = BatchOrder(set.features, settings: settings)
        pool = WorkerPool(threads: settings.threads)
        state = try TrainingState(program, parameters: parameters, settings: settings)
        let sums = try ParameterStore(
            parameters.shapes(where: { if case .dense = program.gradients[$0] { true } else { false } }))
        let shards = try (0..<limits.shards).map { _ in
            try Shard(program, limits: limits, parameters: parameters, kernels: kernels.kernels)
        }
        round = ShardRound(shards, set: set)
        parameterUpdate = ParameterUpdate(
            program, shards: shards, limits: limits, state: state, sums: sums, settings: settings, kernels: kernels,
            pool: pool)
    }

    // MARK: Steps

    /// The next step of the run, in the order of `order(ofEpoch:)`; nil once the epochs or steps that the settings allow
    /// are done.
    ///
    /// Where it throws, parameters and optimizer state are as before.
    package func next() throws -> TrainingStep? {
        if let limit = settings.stepLimit, state.step >= limit { return nil }
        if state.epoch == 0 || state.stepOfEpoch == batches.steps {
            if let limit = settings.epochs, state.epoch >= limit { return nil }
            state.epoch += 1
            state.stepOfEpoch = 0
            batches.start(epoch: state.epoch)
        }
        let examples = batches.examples(ofStep: state.stepOfEpoch)
        let result = try update(from: examples)
        state.stepOfEpoch += 1
        return TrainingStep(
            step: state.step, epoch: state.epoch, stepOfEpoch: state.stepOfEpoch, stepsInEpoch: batches.steps,
            loss: result.loss, learningRate: settings.schedule.rate(at: state.step), gradientNorm: result.norm,
            examples: examples.count, elements: set.features.elements(of: examples))
    }

    /// Steps of the first epoch; with batches by tokens others may have some more or fewer.
    package var stepsPerEpoch: Int { batches.steps(inEpochs: 1) }

    /// The order of examples in an epoch: a shuffle keyed by seed and epoch.
    package func order(ofEpoch epoch: Int) -> [Int] { batches.examples(ofEpoch: epoch) }

    /// One update from examples of the caller's choice; the loss is the weighted mean over them.
    package func train(on examples: ArraySlice<Int>) throws -> Float { try update(from: examples).loss }

    private func update(from examples: ArraySlice<Int>) throws -> (loss: Float, norm: Double?) {
        precondition(!examples.isEmpty && examples.count <= limits.examples)
        let elements = set.features.elements(of: examples)
        guard elements <= limits.elements else {
            throw RuntimeError.overCapacity(axis: "features", capacity: limits.elements, count: elements)
        }
        let step = state.step + 1
        let total = Float(examples.reduce(0.0) { $0 + weight(of: $1) })
        round.scale = total > 0 ? 1 / total : 0
        round.runKey = CounterBasedGenerator.mix(settings.seed &+ UInt64(step) &* 0x9E37_79B9)
        defer { round.examples = [] }
        let examplesAtOnce = limits.shards * Self.shardExamples
        var loss: Float = 0
        for start in stride(from: examples.startIndex, to: examples.endIndex, by: examplesAtOnce) {
            round.examples = examples[start..<min(start + examplesAtOnce, examples.endIndex)]
            pool.run(round, parts: round.live)
            try round.throwFailure()
            loss = round.addLosses(to: loss)
            guard loss.isFinite else { throw lossNotFinite(step) }
            parameterUpdate.addGradients(
                live: round.live, isFirstRound: start == examples.startIndex,
                isLastRound: start + examplesAtOnce >= examples.endIndex)
        }
        let norm = parameterUpdate.gradientNorm
        var scale: Float = 1
        if let norm, let largest = settings.largestGradientNorm {
            guard norm.isFinite else { throw TrainingError.gradientNotFinite(step: step, epoch: state.epoch) }
            if norm > Double(largest) { scale = Float(Double(largest) / norm) }
        }
        parameterUpdate.update(step: step, gradientScale: scale)
        state.step = step
        return (loss, norm)
    }

    private func weight(of example: Int) -> Double {
        // Rows with both kinds of label count once for the mean.
        let soft = set.softWeights.isEmpty ? 0 : set.softWeights[example]
        let gold = set.goldWeights.isEmpty ? 0 : set.goldWeights[example]
        return Double(soft + gold)
    }

    private func lossNotFinite(_ step: Int) -> TrainingError {
        let (op, examples) = round.findNotFinite()
        return .lossNotFinite(
            step: step, epoch: state.epoch, op: op ?? "the sum over the shards", examples: examples)
    }

    // MARK: Going on

    /// Takes up the place in the data that `state` says.
    func restart(step: Int, epoch: Int, stepOfEpoch: Int) {
        state.step = step
        state.epoch = epoch
        state.stepOfEpoch = stepOfEpoch
        if epoch > 0 { batches.start(epoch: epoch) }
    }
}

/// What one step did.
package struct TrainingStep: Sendable, Equatable {
    /// Counted from 1 over the run.
    package let step: Int
    /// Counted from 1.
    package let epoch: Int
    /// Counted from 1.
    package let stepOfEpoch: Int
    package let stepsInEpoch: Int
    /// Weighted mean over the examples, before the update.
    package let loss: Float
    package let learningRate: Float
    /// Before scaling; nil without a largest norm.
    package let gradientNorm: Double?
    package let examples: Int
    /// Their tokens, or features of a bag.
    package let elements: Int

    package var endsEpoch: Bool { stepOfEpoch == stepsInEpoch }
}
