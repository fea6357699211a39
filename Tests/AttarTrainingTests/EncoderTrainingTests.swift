import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

/// A small task over tokens: each class has tokens of its own beside common ones.
struct EncoderFixture {
    static let classes = 3
    static let vocabulary = 40
    static let longest = 12

    let gold: [Int]
    var set: TrainingSet

    init(examples: Int = 90, seed: UInt64 = 1) {
        var random = SeededRandom(seed: seed)
        var (ids, offsets, gold): ([UInt32], [Int], [Int]) = ([], [0], [])
        for index in 0..<examples {
            let label = random.below(Self.classes)
            // One text without any token.
            for _ in 0..<(index == 5 ? 0 : random.whole(in: 1...Self.longest)) {
                ids.append(UInt32(random.happens(0.5) ? label * 5 + random.below(5) : 15 + random.below(25)))
            }
            offsets.append(ids.count)
            gold.append(label)
        }
        self.gold = gold
        set = TrainingSet(
            features: PackedFeatures(tokens: ids, offsets: offsets), classes: Self.classes,
            goldTargets: gold.flatMap { label in (0..<Self.classes).map { $0 == label ? Float(1) : 0 } },
            goldWeights: [Float](repeating: 1, count: examples))
    }

    func student(dropout: Float = 0.1, pooling: EncoderStudent.Pooling = .mean) -> EncoderStudent {
        EncoderStudent(
            vocabulary: Self.vocabulary, longest: Self.longest, width: 24, layers: 2, heads: 3, feedForward: 40,
            classes: Self.classes, pooling: pooling, dropout: dropout)
    }

    func trainer(
        _ settings: TrainerSettings, student: EncoderStudent? = nil, kernels: String? = nil
    ) throws -> Trainer {
        let student = student ?? self.student()
        return try Trainer(
            student: student,
            objective: DistillationObjective(temperature: 1, usesSoftLabels: false, usesGoldLabels: true), set: set,
            parameters: ParameterStore(student.parameters, seed: settings.seed), settings: settings,
            kernels: TrainingKernels(named: kernels))
    }

    func inference(
        _ parameters: ParameterStore, student: EncoderStudent? = nil, kernels: String? = nil, rowsAtOnce: Int = 64,
        pool: WorkerPool? = nil
    ) throws -> Inference {
        var graph = Graph()
        graph.output("logits", (student ?? self.student()).logits(in: &graph, training: false))
        return try Inference(
            graph, output: "logits", parameters: parameters, kernels: Kernels(named: kernels), rowsAtOnce: rowsAtOnce,
            pool: pool)
    }
}

@Suite("Training an encoder")
struct EncoderTrainingTests {
    private let fixture = EncoderFixture()

    private static func settings(threads: Int = 1) -> TrainerSettings {
        var settings = TrainerSettings.small(batch: 40, threads: threads)
        settings.largestGradientNorm = 1
        settings.averageDecay = 0.9
        return settings
    }

    private func run(
        _ settings: TrainerSettings, kernels: String? = nil
    ) throws -> (losses: [UInt32], bits: [[UInt32]], average: [[UInt32]]) {
        let trainer = try fixture.trainer(settings, kernels: kernels)
        let losses = try (0..<9).compactMap { _ in try trainer.next()?.loss.bitPattern }
        return (losses, trainer.bits, try bits(of: #require(trainer.state.average)))
    }

    @Test("gives the same bits for any number of threads and shards in memory, and any instruction set")
    func sameBitsEverywhere() throws {
        let expected = try run(Self.settings(), kernels: "portable")
        for kernels in Kernels.availableNames {
            for threads in [1, 2, 3, 5, 16] {
                var settings = Self.settings(threads: threads)
                settings.shardsAtOnce = threads == 3 ? 1 : nil
                #expect(try run(settings, kernels: kernels) == expected, "\(threads) threads, \(kernels)")
            }
        }
    }

    @Test("lowers the loss and learns the labels", arguments: EncoderStudent.Pooling.allCases)
    func learns(pooling: EncoderStudent.Pooling) throws {
        let student = fixture.student(dropout: 0, pooling: pooling)
        var settings = TrainerSettings.small(batch: 15, peak: 0.01)
        settings.batching = .tokens(100)
        settings.largestGradientNorm = 1
        settings.schedule.totalSteps = 200
        settings.stepLimit = 120
        let trainer = try fixture.trainer(settings, student: student)
        var losses: [Float] = []
        while let step = try trainer.next() { losses.append(step.loss) }
        let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(last < first / 2)
        let logits = try fixture.inference(trainer.parameters, student: student).run(fixture.set.features)
        let hits = fixture.gold.indices.filter {
            likeliest(logits[($0 * 3)..<($0 * 3 + 3)]) == fixture.gold[$0]
        }
        #expect(hits.count > 80)
    }

    @Test("goes on from a checkpoint with the same bits", arguments: [2, 7, 11])
    func resumes(stopAfter: Int) throws {
        let place = try TemporaryFolder()
        let folder = CheckpointFolder(place.url, interval: 1, kept: 1, recipe: [:])
        let whole = try fixture.trainer(Self.settings())
        for _ in 0..<15 { _ = try whole.next() }
        let first = try fixture.trainer(Self.settings(threads: 2))
        for _ in 0..<stopAfter { _ = try first.next() }
        try folder.save(first, notes: RunNotes())
        let second = try fixture.trainer(Self.settings(threads: 3))
        _ = try folder.resume(second)
        while second.step < 15 { _ = try second.next() }
        #expect(second.bits == whole.bits)
    }

    @Test("predicts a text alone as among others, in batches of any size")
    func batchesChangeNothing() throws {
        let parameters = try ParameterStore(fixture.student().parameters, seed: 3)
        let expected = try fixture.inference(parameters).run(fixture.set.features).map(\.bitPattern)
        for rowsAtOnce in [1, 7, 64] {
            for threads in [1, 3] {
                let found = try fixture.inference(
                    parameters, rowsAtOnce: rowsAtOnce, pool: WorkerPool(threads: threads)
                ).run(fixture.set.features)
                #expect(found.map(\.bitPattern) == expected)
            }
        }
        // Shorter texts after longer ones, in the same memory.
        let inference = try fixture.inference(parameters)
        _ = try inference.run(fixture.set.features)
        for example in [0, 5, 17] {
            let range = fixture.set.features.offsets[example]..<fixture.set.features.offsets[example + 1]
            let alone = PackedFeatures(tokens: Array(fixture.set.features.ids[range]), offsets: [0, range.count])
            #expect(
                try inference.run(alone).map(\.bitPattern) == expected[(example * 3)..<(example * 3 + 3)].map(\.self))
        }
    }

    @Test("names layer and rows where the loss is not finite")
    func lossNotFinite() throws {
        let trainer = try fixture.trainer(Self.settings())
        let gain = try #require(trainer.parameters.index(of: "layer.1.feedforward.norm.gain"))
        trainer.parameters.floats(gain)[3] = .infinity
        do {
            _ = try trainer.next()
            Issue.record("the step was taken")
        } catch TrainingError.lossNotFinite(let step, let epoch, let op, let examples) {
            #expect(step == 1 && epoch == 1 && examples.count == 16)
            #expect(op == "layerNorm of “layer.1.feedforward.norm.gain”, “layer.1.feedforward.norm.bias”")
        }
    }

    @Test("refuses texts that are longer than the positions")
    func textTooLong() throws {
        var fixture = fixture
        fixture.set.features = PackedFeatures(
            tokens: [UInt32](repeating: 1, count: 13), offsets: [0, 13] + [Int](repeating: 13, count: 89))
        #expect(throws: TrainingError.textTooLong(tokens: 13, limit: 12)) { try fixture.trainer(Self.settings()) }
    }
}
