import AttarGraph
import AttarHDF5
import AttarRuntime
import AttarStudents
import AttarTraining

/// Ten steps of a student on ten different batches, with all that another program needs to take the same steps.
///
/// Rates, decay and clipping are larger than anyone would train with: a wrong one is to show in the losses.
struct TrainingCurve {
    static let steps = 10
    static let temperature: Float = 2

    let name: String
    /// Sizes and settings.
    let numbers: [(name: String, value: Double)]
    let set: TrainingSet
    /// Examples of a step: step s takes the s-th that many.
    let batch: Int
    let start: ParameterStore
    /// Of all examples at the start.
    let logits: [Float]
    /// Of the first batch at the start, before clipping.
    let gradients: ParameterStore
    let losses: [Float]

    /// An encoder without dropout, under AdamW with clipping. Each batch has every token, so that dense and lazy updates
    /// of the table are one.
    static func encoder(small: Bool) throws -> TrainingCurve {
        let (vocabulary, longest, batch) = small ? (23, 7, 9) : (211, 24, 40)
        let student = EncoderStudent(
            vocabulary: vocabulary, longest: longest, width: small ? 10 : 128, layers: 2, heads: small ? 2 : 4,
            feedForward: small ? 12 : 512, classes: small ? 5 : 77, pooling: .mean, dropout: 0)
        var random = RandomNumbers(seed: 3)
        var (ids, offsets): ([UInt32], [Int]) = ([], [0])
        for example in 0..<(steps * batch) {
            let place = example % batch
            if place == 0 { ids += (0..<vocabulary).map(UInt32.init).shuffled(with: &random) }
            // The batch's first tokens are all of the vocabulary; later ones come by chance.
            let length = longest / 2 + random.below(longest - longest / 2 + 1)
            let end = offsets[offsets.count - 1] + length
            while ids.count < end { ids.append(UInt32(random.below(vocabulary))) }
            offsets.append(end)
            precondition(place < batch - 1 || ids.count == end, "a batch must have more tokens than the vocabulary")
        }
        return try TrainingCurve(
            "encoder", student, PackedFeatures(tokens: ids, offsets: offsets), batch: batch,
            learningRate: 0.005, epsilon: 1e-8, weightDecay: 1, largestNorm: small ? 0.05 : 1,
            sizes: [
                ("vocabulary", vocabulary), ("longest", longest), ("width", student.width), ("layers", student.layers),
                ("heads", student.heads), ("feed-forward", student.feedForward), ("classes", student.classes),
            ], &random)
    }

    /// A bag with a hidden layer, under AdamW; the table's rows move only where a batch uses them. PyTorch's SparseAdam
    /// adds epsilon before the bias correction, AdamW after it, so here it is too small to matter.
    static func bag(small: Bool) throws -> TrainingCurve {
        let (buckets, batch) = small ? (29, 6) : (512, 32)
        let student = BagStudent(
            buckets: buckets, width: small ? 6 : 64, hidden: small ? 5 : 48, classes: small ? 5 : 77,
            featureDropout: 0, dropout: 0)
        var random = RandomNumbers(seed: 4)
        var (ids, weights, offsets): ([UInt32], [Float], [Int]) = ([], [], [0])
        for _ in 0..<(steps * batch) {
            // Some texts have no feature.
            for _ in 0..<random.below(small ? 8 : 60) {
                ids.append(UInt32(random.below(buckets)))
                weights.append(random.float())
            }
            offsets.append(ids.count)
        }
        return try TrainingCurve(
            "bag", student, PackedFeatures(ids: ids, weights: weights, offsets: offsets), batch: batch,
            learningRate: 0.03, epsilon: 1e-14, weightDecay: 0, largestNorm: nil,
            sizes: [
                ("buckets", buckets), ("width", student.width), ("hidden", student.hidden),
                ("classes", student.classes),
            ], &random)
    }

    private init(
        _ name: String, _ student: some Student, _ features: PackedFeatures, batch: Int,
        learningRate: Float, epsilon: Float, weightDecay: Float, largestNorm: Float?,
        sizes: [(name: String, value: Int)],
        _ random: inout RandomNumbers
    ) throws {
        let classes = student.parameters.last?.columns ?? 0
        self.name = name
        self.batch = batch
        self.numbers =
            sizes.map { ($0.name, Double($0.value)) } + [
                ("batch", Double(batch)), ("steps", Double(Self.steps)), ("temperature", Double(Self.temperature)),
                ("learning-rate", Double(learningRate)), ("epsilon", Double(epsilon)),
                ("weight-decay", Double(weightDecay)),
                ("largest-norm", Double(largestNorm ?? .infinity)),
            ]
        set = TrainingSet(
            features: features, classes: classes,
            softTargets: random.probabilities(rows: features.count, classes: classes),
            softWeights: [Float](repeating: 1, count: features.count))
        start = try ParameterStore(student.parameters, seed: 5)
        // No parameter is left at 0 or 1, so that none can be left out unseen.
        for index in start.entries.indices {
            start.setRowMajor(start.rowMajor(at: index).map { $0 + 0.05 * random.float() }, at: index)
        }

        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: false))
        logits = try Inference(graph, output: "logits", parameters: start, kernels: Kernels()).run(features)

        // After one step the momentum of plain gradient descent is the gradient.
        var settings = TrainerSettings(
            batching: .examples(batch), optimizer: .sgd(SGDSettings()),
            schedule: LearningRateSchedule(
                peak: learningRate, warmUpSteps: 0, totalSteps: Self.steps, decay: .constant), seed: 1)
        let first = try Self.trainer(student, set, from: start, settings)
        _ = try first.train(on: Array(0..<batch)[...])
        gradients = try first.state.firstMoments.copy()

        settings.optimizer = .adamw(AdamWSettings(epsilon: epsilon, weightDecay: weightDecay))
        settings.largestGradientNorm = largestNorm
        let trainer = try Self.trainer(student, set, from: start, settings)
        losses = try (0..<Self.steps).map { step in
            try trainer.train(on: Array((step * batch)..<((step + 1) * batch))[...])
        }
    }

    private static func trainer(
        _ student: some Student, _ set: TrainingSet, from start: ParameterStore, _ settings: TrainerSettings
    ) throws -> Trainer {
        try Trainer(
            student: student,
            objective: DistillationObjective(temperature: temperature, usesSoftLabels: true, usesGoldLabels: false),
            set: set, parameters: start.copy(), settings: settings, kernels: TrainingKernels())
    }

    /// A group: attributes with the numbers, datasets with data and results, groups `parameters` and `gradients`.
    func write(to root: borrowing HDF5Group) throws(HDF5Error) {
        let group = try root.createGroup(name)
        for (name, value) in numbers { try group.setAttribute(name, to: value) }
        let features = set.features
        try group.writeNumbers(features.ids.map(Int64.init), shape: [features.ids.count], named: "ids")
        try group.writeNumbers(features.offsets.map(Int64.init), shape: [features.offsets.count], named: "offsets")
        if !features.weights.isEmpty {
            try group.writeNumbers(features.weights, shape: [features.weights.count], named: "weights")
        }
        try group.writeNumbers(set.softTargets, shape: [set.count, set.classes], named: "targets")
        try group.writeNumbers(logits, shape: [set.count, set.classes], named: "logits")
        try group.writeNumbers(losses, shape: [losses.count], named: "losses")
        for (name, store) in [("parameters", start), ("gradients", gradients)] {
            let tensors = try group.createGroup(name)
            for (index, entry) in store.entries.enumerated() {
                try tensors.writeNumbers(
                    store.rowMajor(at: index), shape: [entry.rows, entry.columns], named: entry.name)
            }
        }
    }
}

extension Array {
    /// In an order that the numbers decide (Fisher & Yates).
    fileprivate func shuffled(with random: inout RandomNumbers) -> [Element] {
        var copy = self
        for index in stride(from: count - 1, to: 0, by: -1) { copy.swapAt(index, random.below(index + 1)) }
        return copy
    }
}
