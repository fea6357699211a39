/// How the student learns.
package struct TrainSection: RecipeSection {
    package enum ClassWeights: String, CaseIterable, Sendable {
        case none
        /// Each class counts in inverse proportion to its rows.
        case balanced
    }

    package enum Optimizer: String, CaseIterable, Sendable { case adamw, sgd }

    package enum Schedule: String, CaseIterable, Sendable { case constant, linear, cosine }

    package enum TableOptimizer: String, CaseIterable, Sendable {
        /// As all other weights.
        case shared = "adamw"
        /// Steps of a row shrink with its own gradients, so rare features keep learning.
        case adagrad
    }

    package let epochs: Int
    package let batch: Int
    package let batchTokens: Int?
    package let accumulation: Int?
    package let optimizer: Optimizer?
    package let momentum: Double?
    package let learningRate: Double
    package let tableOptimizer: TableOptimizer
    package let tableLearningRate: Double
    package let weightDecay: Double
    package let featureDropout: Double
    package let dropout: Double
    package let labelSmoothing: Double
    package let warmUp: Double
    package let schedule: Schedule
    package let temperature: Double
    package let softWeight: Double
    package let classWeights: ClassWeights
    package let patience: Int
    package let refit: Bool
    package let learningCurve: Bool
    package let seed: Int
    package let clip: Double?
    package let average: Double?

    package init(_ keys: inout KeyReader) {
        self.init(&keys, family: .bag)
    }

    /// The defaults follow the family of the student: an encoder wants more and smaller steps.
    package init(_ keys: inout KeyReader, family: StudentSection.Family) {
        let isBag = family == .bag
        epochs = keys.value(
            "epochs", .integer(1...10_000), default: isBag ? 8 : 15,
            "At most this many passes over the training rows. An encoder has 15 unless told.")
        batchTokens = keys.addition(
            "batch-tokens", .integer(1...1_048_576),
            "In place of `batch`: rows between two updates are as many as have so many words (features of a bag) together, at least one."
        )
        batch = keys.keys(onlyIf: batchTokens == nil, "it has no use beside `batch-tokens`; keep one of the two") {
            keys in
            keys.value("batch", .integer(1...65_536), default: 32, "Rows between two updates.")
        }
        learningRate = keys.value(
            "learning-rate", .number(above: 0, through: 10), default: isBag ? 0.01 : 0.001,
            "Size of an update. An encoder has 0.001 unless told.")
        tableOptimizer = keys.value(
            "table-optimizer", .choice(), default: isBag ? .adagrad : .shared,
            "How the embedding table is updated: adagrad suits the rare features of a bag; adamw: as all other weights, an encoder's default."
        )
        tableLearningRate = keys.keys(
            onlyIf: tableOptimizer == .adagrad, "it is the rate of `table-optimizer: adagrad`; leave it out"
        ) { keys in
            keys.value(
                "table-learning-rate", .number(above: 0, through: 10), default: 0.1,
                "Size of an update of the table under adagrad.")
        }
        weightDecay = keys.value("weight-decay", .number(0...10), default: 0, "Pull of the weights towards zero.")
        featureDropout = keys.keys(onlyIf: isBag, "it is a key of family bag; an encoder has `dropout`") { keys in
            keys.value(
                "feature-dropout", .number(0..<1), default: 0.1,
                "The part of the features that is hidden in each step.")
        }
        dropout = keys.value(
            "dropout", .number(0..<1), default: isBag ? 0.2 : 0.1,
            "The part of the numbers behind the table, or behind each layer of an encoder, that is hidden in each step. An encoder has 0.1 unless told."
        )
        labelSmoothing = keys.value(
            "label-smoothing", .number(0..<1), default: 0,
            "The part of a right label's weight that is spread over all labels.")
        warmUp = keys.value(
            "warm-up", .number(0...1000), default: 1, "Epochs over which the learning rate rises to its full size.")
        schedule = keys.value(
            "schedule", .choice(), default: .linear,
            "How the learning rate falls after that, to zero in the last epoch.")
        temperature = keys.value(
            "temperature", .number(above: 0, through: 100), default: 1,
            "Softens the probabilities of teacher and student while they are compared.")
        softWeight = keys.value(
            "soft-weight", .number(0...1), default: 0.5,
            "Weight of the teacher's probabilities where a row has a right label as well; the rest goes to the label.")
        classWeights = keys.value(
            "class-weights", .choice(), default: .none, "balanced: rare labels count for more, so that all count alike."
        )
        patience = keys.value(
            "patience", .integer(0...10_000), default: 5,
            "Stop after this many epochs in a row that are clearly worse on the validation rows than the best; 0 to run all epochs."
        )
        refit = keys.value(
            "refit", .boolean, default: true,
            "Once the validation rows have chosen the number of epochs, train anew on training and validation rows together."
        )
        learningCurve = keys.value(
            "learning-curve", .boolean, default: false,
            "Train on an eighth, a quarter and half of the rows as well, to show what more rows bring.")
        seed = keys.value(
            "seed", .integer(0...Int(Int32.max)), default: 1, "Seed of initial weights, order and dropout.")
        let clip = keys.addition(
            "clip", .number(above: 0, through: 1_000_000),
            "A gradient whose norm over all weights is larger is scaled down to this. An encoder has 1, a bag no limit where nothing is said."
        )
        self.clip = isBag ? clip : clip ?? 1
        average = keys.addition(
            "average", .number(0..<1),
            "Decay of a running average of the weights, which is judged and kept in their place; none where nothing is said."
        )
        accumulation = keys.addition(
            "accumulation", .integer(1...4096),
            "Batches whose gradients are added before one update; 1 where nothing is said.")
        optimizer = keys.addition(
            "optimizer", .choice(),
            "How weights follow their gradients: adamw, or sgd with momentum; adamw where nothing is said.")
        momentum = keys.addition(
            "momentum", .number(0..<1),
            "Of sgd: the part of the last update that goes into the next; 0.9 where nothing is said.")
        keys.check(
            momentum == nil || optimizer == .sgd, at: "momentum",
            "it is a key of optimizer sgd; leave it out, or write `optimizer: sgd`")
    }
}
