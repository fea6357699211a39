import AttarHDF5
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Ways to train")
struct TrainerModesTests {
    /// All that steps change, and their losses.
    private struct Outcome: Equatable {
        var losses: [UInt32]
        var bits: [[UInt32]]
        var average: [[UInt32]]
    }

    private func outcome(
        _ fixture: TrainingFixture, steps: Int = 12, hidden: Int = 17,
        _ change: (inout TrainerSettings) -> Void
    ) throws -> Outcome {
        var settings = TrainerSettings.small(batch: 40)
        settings.largestGradientNorm = 0.7
        settings.averageDecay = 0.9
        change(&settings)
        let trainer = try fixture.trainer(
            fixture.student(hidden: hidden, dropout: 0.2), settings: settings, soft: true)
        let losses = try (0..<steps).compactMap { _ in try trainer.next()?.loss.bitPattern }
        let average = trainer.state.average
        return Outcome(losses: losses, bits: trainer.bits, average: average.map { bits(of: $0) } ?? [])
    }

    private static let optimizers: [Optimizer] = [
        .adamw(AdamWSettings(epsilon: 1e-3, weightDecay: 0.01)), .sgd(SGDSettings(weightDecay: 0.01)),
    ]

    @Test("give the same bits for any number of threads", arguments: optimizers, [2, 3, 5, 16])
    func threads(optimizer: Optimizer, threads: Int) throws {
        let fixture = TrainingFixture(examples: 130, soft: true)
        let one = try outcome(fixture) { $0.optimizer = optimizer }
        let several = try outcome(fixture) {
            $0.optimizer = optimizer
            $0.threads = threads
        }
        #expect(one == several)
    }

    @Test("give the same bits however many shards have memory at once", arguments: [1, 2, 3], [1, 2])
    func rounds(shardsAtOnce: Int, threads: Int) throws {
        let fixture = TrainingFixture(examples: 130, soft: true)
        for tableOptimizer in [TableOptimizer.shared, .adagrad(peakLearningRate: 0.1)] {
            let all = try outcome(fixture) {
                $0.batching = .examples(100)
                $0.tableOptimizer = tableOptimizer
            }
            let few = try outcome(fixture) {
                $0.batching = .examples(100)
                $0.tableOptimizer = tableOptimizer
                $0.shardsAtOnce = shardsAtOnce
                $0.threads = threads
            }
            #expect(all == few)
        }
    }

    @Test("accumulated batches of whole shards are one large batch")
    func accumulation() throws {
        let fixture = TrainingFixture(examples: 130, soft: true)
        let large = try outcome(fixture) { $0.batching = .examples(96) }
        let small = try outcome(fixture) {
            $0.batching = .examples(32)
            $0.accumulation = 3
        }
        #expect(large == small)
    }

    @Test(
        "take the steps of their formulas",
        arguments: optimizers, [(norm: Float(0.05), average: Float?.none), (norm: 1000, average: 0.7)])
    func reference(optimizer: Optimizer, limits: (norm: Float, average: Float?)) throws {
        let fixture = TrainingFixture(soft: true)
        var settings = TrainerSettings.small()
        settings.optimizer = optimizer
        settings.largestGradientNorm = limits.norm
        settings.averageDecay = limits.average
        let trainer = try fixture.trainer(fixture.student(hidden: 5), settings: settings, soft: true)
        var reference = ReferenceTrainer(
            trainer.parameters, set: fixture.set, settings: settings, temperature: 2, usesSoftLabels: true)
        for epoch in 1...3 {
            let order = trainer.order(ofEpoch: epoch)
            for start in stride(from: 0, to: order.count, by: 20) {
                let expected = reference.train(on: order[start..<min(start + 20, order.count)])
                let step = try #require(try trainer.next())
                #expect(step.epoch == epoch)
                #expect((Double(step.loss) - expected).magnitude <= 2e-5 * (1 + expected.magnitude))
            }
        }
        let average = trainer.state.average
        for (index, entry) in trainer.parameters.entries.enumerated() {
            let expected = try #require(reference.parameters[entry.name]).values
            try expectNear(trainer.parameters.rowMajor(at: index), expected, entry.name)
            if let average {
                let mean = try #require(reference.average[entry.name]).values
                try expectNear(average.rowMajor(at: index), mean, "average of \(entry.name)")
            }
        }
    }

    private func expectNear(_ found: [Float], _ expected: [Double], _ name: String) throws {
        let largest = expected.map(\.magnitude).max() ?? 0
        let worst = zip(found, expected).map { (Double($0) - $1).magnitude }.max() ?? 0
        #expect(worst <= 2e-5 * largest, "\(name): off by \(worst), largest value \(largest)")
    }

    @Test("the driven sequence is that of the orders, step by step")
    func sequence() throws {
        let fixture = TrainingFixture()
        let driven = try fixture.trainer(fixture.student(dropout: 0.1), settings: .small())
        let own = try fixture.trainer(fixture.student(dropout: 0.1), settings: .small())
        for epoch in 1...2 {
            let order = own.order(ofEpoch: epoch)
            for start in stride(from: 0, to: order.count, by: 20) {
                let loss = try own.train(on: order[start..<min(start + 20, order.count)])
                let step = try #require(try driven.next())
                #expect(step.loss == loss)
                #expect(step.step == own.step && step.epoch == epoch && step.stepOfEpoch == start / 20 + 1)
                #expect(step.endsEpoch == (start + 20 >= order.count))
                #expect(step.examples == min(20, order.count - start))
            }
        }
        #expect(driven.bits == own.bits)
    }

    @Test("end with their epochs or steps")
    func limits() throws {
        let fixture = TrainingFixture()
        func steps(epochs: Int?, limit: Int?) throws -> Int {
            var settings = TrainerSettings.small()
            settings.epochs = epochs
            settings.stepLimit = limit
            let trainer = try fixture.trainer(fixture.student(), settings: settings)
            while try trainer.next() != nil {}
            #expect(try trainer.next() == nil)
            return trainer.step
        }
        #expect(try steps(epochs: 2, limit: nil) == 6)
        #expect(try steps(epochs: nil, limit: 4) == 4)
        #expect(try steps(epochs: 2, limit: 100) == 6)
        #expect(try steps(epochs: 0, limit: nil) == 0)
    }

    @Test(
        "batches by tokens hold as many examples as fit, each example once an epoch",
        arguments: [1, 60, 150, 100_000])
    func tokenBudget(budget: Int) throws {
        let fixture = TrainingFixture(examples: 90)
        var settings = TrainerSettings.small()
        settings.batching = .tokens(budget)
        let features = fixture.set.features
        var order = BatchOrder(features, settings: settings)
        var total = 0
        for epoch in 1...3 {
            order.start(epoch: epoch)
            var seen: [Int] = []
            for step in 0..<order.steps {
                let batch = order.examples(ofStep: step)
                let tokens = batch.reduce(0) { $0 + features.length($1) }
                #expect(tokens <= budget || batch.count == 1)
                if step + 1 < order.steps, let next = order.examples(ofStep: step + 1).first {
                    #expect(tokens + features.length(next) > budget)
                }
                seen += batch
            }
            #expect(seen == order.examples(ofEpoch: epoch))
            #expect(seen.sorted() == Array(0..<90))
            total += order.steps
            #expect(order.steps(inEpochs: epoch) == total)
        }
        let trainer = try fixture.trainer(fixture.student(), settings: settings)
        for _ in 0..<min(total, 30) {
            let step = try #require(try trainer.next())
            #expect(step.loss.isFinite)
        }
    }

    @Test("one example is enough, also one without any feature", arguments: [0.0, 1])
    func oneExample(empty: Double) throws {
        let fixture = TrainingFixture(examples: 1, empty: empty)
        for batching in [Batching.examples(20), .tokens(64)] {
            var settings = TrainerSettings.small(threads: 3)
            settings.batching = batching
            settings.epochs = 4
            let trainer = try fixture.trainer(fixture.student(hidden: 3, dropout: 0.1), settings: settings)
            while let step = try trainer.next() {
                let isFine = step.loss.isFinite && step.examples == 1
                #expect(isFine)
            }
            #expect(trainer.step == 4)
        }
    }

    @Test("stop where the gradients' norm overflows, and change nothing")
    func gradientNotFinite() throws {
        var fixture = TrainingFixture(empty: 0)
        fixture.set.goldTargets = fixture.set.goldTargets.map { $0 * 1e6 }
        var settings = TrainerSettings.small()
        settings.largestGradientNorm = 1
        let trainer = try fixture.trainer(fixture.student(), settings: settings)
        // The logits are zero; the gradient of the head's weights has the size of the bags.
        trainer.parameters.floats(0).update(repeating: 1e36)
        trainer.parameters.floats(1).update(repeating: 0)
        let before = trainer.bits
        #expect(throws: TrainingError.gradientNotFinite(step: 1, epoch: 1)) { try trainer.next() }
        #expect(trainer.bits == before && trainer.step == 0)
    }

    @Test("refuse ids that the table does not have")
    func idOutOfRange() throws {
        var fixture = TrainingFixture(examples: 3, empty: 0)
        let features = fixture.set.features
        var ids = features.ids
        ids[features.offsets[1]] = 211
        fixture.set.features = PackedFeatures(ids: ids, weights: features.weights, offsets: features.offsets)
        #expect(throws: TrainingError.idOutOfRange(id: 211, example: 1, rows: 211)) {
            try fixture.trainer(fixture.student(), settings: .small())
        }
    }
}

/// The bits of every parameter.
func bits(of store: ParameterStore) -> [[UInt32]] {
    store.entries.indices.map { store.rowMajor(at: $0).map(\.bitPattern) }
}
