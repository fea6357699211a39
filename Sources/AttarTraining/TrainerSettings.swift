import Foundation

/// How many examples a batch takes.
package enum Batching: Sendable, Equatable {
    case examples(Int)
    /// As many examples as fit into so many tokens (features of a bag), at least one.
    case tokens(Int)
}

package struct TrainerSettings: Sendable, Equatable {
    package var batching: Batching
    /// Batches whose gradients are added before one update: the bits are those of one batch of all their examples.
    package var accumulation: Int
    package var optimizer: Optimizer
    package var tableOptimizer: TableOptimizer
    package var schedule: LearningRateSchedule
    /// A gradient whose norm over all parameters is larger is scaled down to this; nil for no limit.
    package var largestGradientNorm: Float?
    /// d of a running average x̄ ← d · x̄ + (1 − d) · x of the weights, for evaluation; nil for none.
    package var averageDecay: Float?
    /// `Trainer.next` ends after so many passes over the examples; nil for no end.
    package var epochs: Int?
    /// `Trainer.next` ends after so many steps; nil for no end.
    package var stepLimit: Int?
    package var seed: UInt64
    /// Does not change results.
    package var threads: Int
    /// Shards that have memory at the same time; nil for what suits batch and threads. Does not change results.
    package var shardsAtOnce: Int?
    /// Bytes that training may take; nil for what the machine has free.
    package var memoryLimitBytes: Int?

    package init(
        batching: Batching, accumulation: Int = 1, optimizer: Optimizer, tableOptimizer: TableOptimizer = .shared,
        schedule: LearningRateSchedule, largestGradientNorm: Float? = nil, averageDecay: Float? = nil,
        epochs: Int? = nil, stepLimit: Int? = nil, seed: UInt64,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, shardsAtOnce: Int? = nil,
        memoryLimitBytes: Int? = nil
    ) {
        self.batching = batching
        self.accumulation = accumulation
        self.optimizer = optimizer
        self.tableOptimizer = tableOptimizer
        self.schedule = schedule
        self.largestGradientNorm = largestGradientNorm
        self.averageDecay = averageDecay
        self.epochs = epochs
        self.stepLimit = stepLimit
        self.seed = seed
        self.threads = threads
        self.shardsAtOnce = shardsAtOnce
        self.memoryLimitBytes = memoryLimitBytes
    }

    /// What decides the bits of a run, by name: what a checkpoint must agree on.
    var identity: [String: String] {
        var all = [
            "train.accumulation": "\(accumulation)", "train.seed": "\(seed)",
            "train.largest-gradient-norm": largestGradientNorm.map { "\($0)" } ?? "none",
            "train.average-decay": averageDecay.map { "\($0)" } ?? "none",
            "train.schedule": schedule.decay.rawValue, "train.schedule.peak": "\(schedule.peak)",
            "train.schedule.warm-up-steps": "\(schedule.warmUpSteps)",
            "train.schedule.total-steps": "\(schedule.totalSteps)",
        ]
        all["train.batch"] =
            switch batching {
            case .examples(let count): "\(count) examples"
            case .tokens(let budget): "\(budget) tokens"
            }
        switch optimizer {
        case .adamw(let settings):
            all["train.optimizer"] = "adamw"
            all["train.optimizer.beta1"] = "\(settings.beta1)"
            all["train.optimizer.beta2"] = "\(settings.beta2)"
            all["train.optimizer.epsilon"] = "\(settings.epsilon)"
        case .sgd(let settings):
            all["train.optimizer"] = "sgd"
            all["train.optimizer.momentum"] = "\(settings.momentum)"
        }
        all["train.optimizer.weight-decay"] = "\(optimizer.weightDecay)"
        all["train.table-optimizer"] =
            switch tableOptimizer {
            case .shared: "shared"
            case .adagrad(let peak): "adagrad, peak \(peak)"
            }
        return all
    }
}
