import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Training")
struct TrainerTests {
    private static let optimizers = [TableOptimizer.shared, .adagrad(peakLearningRate: 0.1)]

    @Test("gives the same bits for any number of threads and any instruction set", arguments: optimizers)
    func sameBitsEverywhere(tableOptimizer: TableOptimizer) throws {
        let fixture = TrainingFixture(examples: 130, soft: true)
        let student = fixture.student(hidden: 33, dropout: 0.2)
        func bits(threads: Int, kernels: String) throws -> [[UInt32]] {
            // Batches of three shards, the last one not full.
            let settings = TrainerSettings.small(batch: 40, tableOptimizer: tableOptimizer, threads: threads)
            let trainer = try fixture.trainer(student, settings: settings, kernels: kernels, soft: true)
            try trainer.run(epochs: 2)
            return trainer.bits
        }
        let expected = try bits(threads: 1, kernels: "portable")
        for kernels in Kernels.availableNames {
            for threads in [1, 2, 3, 5] {
                #expect(try bits(threads: threads, kernels: kernels) == expected, "\(threads) threads, \(kernels)")
            }
        }
    }

    @Test("gives the same losses and bits when run again, and others under another seed")
    func repeatable() throws {
        let fixture = TrainingFixture()
        func run(seed: UInt64) throws -> (losses: [Float], bits: [[UInt32]]) {
            let trainer = try fixture.trainer(
                fixture.student(dropout: 0.2), settings: .small(seed: seed, threads: 2))
            return (try trainer.run(epochs: 2), trainer.bits)
        }
        let (first, again, other) = (try run(seed: 1), try run(seed: 1), try run(seed: 2))
        #expect(first.losses == again.losses)
        #expect(first.bits == again.bits)
        #expect(first.bits != other.bits)
    }

    @Test("lowers the loss and learns the labels", arguments: optimizers)
    func learns(tableOptimizer: TableOptimizer) throws {
        let fixture = TrainingFixture(examples: 120, empty: 0)
        let student = fixture.student()
        let trainer = try fixture.trainer(student, settings: .small(tableOptimizer: tableOptimizer, peak: 0.05))
        let losses = try trainer.run(epochs: 8)
        let steps = trainer.stepsPerEpoch
        let (first, last) = (losses.prefix(steps).reduce(0, +), losses.suffix(steps).reduce(0, +))
        #expect(last < first / 2)
        let logits = try inference(student, trainer.parameters).run(fixture.set.features)
        let hits = fixture.gold.indices.filter { row in
            let z = logits[(row * TrainingFixture.classes)..<((row + 1) * TrainingFixture.classes)]
            return likeliest(z) == fixture.gold[row]
        }
        #expect(hits.count >= fixture.gold.count * 9 / 10)
    }

    @Test("visits every example once an epoch, in an order of its own")
    func orderIsAPermutation() throws {
        let fixture = TrainingFixture()
        let trainer = try fixture.trainer(fixture.student(), settings: .small())
        let other = try fixture.trainer(fixture.student(), settings: .small(seed: 2))
        let orders = (0..<20).map(trainer.order)
        for order in orders { #expect(order.sorted() == Array(0..<fixture.set.count)) }
        #expect(Set(orders).count == orders.count)
        #expect(trainer.order(ofEpoch: 3) == orders[3])
        #expect(other.order(ofEpoch: 3) != orders[3])
    }

    @Test("leaves table rows alone that no example of the batch uses")
    func untouchedRows() throws {
        let fixture = TrainingFixture()
        let trainer = try fixture.trainer(fixture.student(), settings: .small())
        let before = trainer.bits[0]
        let batch = trainer.order(ofEpoch: 0)[..<4]
        _ = try trainer.train(on: batch)
        let used = Set(
            batch.flatMap { example in
                fixture.set.features.ids[
                    fixture.set.features.offsets[example]..<fixture.set.features.offsets[example + 1]]
            }.map(Int.init))
        for row in 0..<fixture.featurizer.buckets {
            let elements = (row * 17)..<((row + 1) * 17)
            #expect((trainer.bits[0][elements] == before[elements]) == !used.contains(row))
        }
    }

    @Test(
        "stops where the loss is not finite, names op and rows, and changes nothing",
        arguments: [Float.nan, .infinity])
    func lossNotFinite(value: Float) throws {
        let fixture = TrainingFixture()
        let trainer = try fixture.trainer(fixture.student(), settings: .small())
        _ = try trainer.run(epochs: 1)
        let bias = try #require(trainer.parameters.index(of: "head.bias"))
        trainer.parameters.floats(bias)[1] = value
        let (before, step) = (trainer.bits, trainer.step)
        let batch = trainer.order(ofEpoch: 1)[..<20]
        let expected = TrainingError.lossNotFinite(
            step: step + 1, epoch: 0, op: "linearFloat32 of “head.weight”, “head.bias”", examples: Array(batch[..<16]))
        #expect(throws: expected) { try trainer.train(on: batch) }
        #expect(trainer.bits == before)
        #expect(trainer.step == step)
        #expect("\(expected)".contains("step \(step + 1)") && "\(expected)".contains("“head.bias”"))
    }

    @Test("names the shard of the batch whose weights are too large")
    func lossNotFiniteInOneShard() throws {
        var fixture = TrainingFixture()
        let order = try fixture.trainer(fixture.student(), settings: .small()).order(ofEpoch: 1)
        fixture.set.goldTargets[order[18] * 3] = .infinity
        fixture.set.goldWeights[order[18]] = 1
        let trainer = try fixture.trainer(fixture.student(hidden: 5), settings: .small())
        let expected = TrainingError.lossNotFinite(
            step: 1, epoch: 1, op: "softCrossEntropy in objective",
            examples: Array(order[16..<20]))
        #expect(throws: expected) { try trainer.next() }
        #expect(trainer.step == 0)
    }

    @Test("notices a value in the table that is not finite behind a rectifier")
    func lossNotFiniteBehindRectifier() throws {
        let fixture = TrainingFixture(empty: 0)
        let trainer = try fixture.trainer(fixture.student(hidden: 5), settings: .small())
        for index in trainer.parameters.floats(0).indices { trainer.parameters.floats(0)[index] = .nan }
        let batch = trainer.order(ofEpoch: 0)[..<20]
        let expected = TrainingError.lossNotFinite(
            step: 1, epoch: 0, op: "embeddingBagFloat32 of “table”", examples: Array(batch[..<16]))
        #expect(throws: expected) { try trainer.train(on: batch) }
    }

    @Test("goes on where examples, or all of them, have no features", arguments: [0.5, 1])
    func withoutFeatures(share: Double) throws {
        let fixture = TrainingFixture(empty: share)
        let trainer = try fixture.trainer(fixture.student(hidden: 5, dropout: 0.3), settings: .small(threads: 2))
        let table = trainer.bits[0]
        let losses = try trainer.run(epochs: 2)
        #expect(losses.allSatisfy { $0.isFinite })
        #expect(
            trainer.parameters.entries.indices.allSatisfy {
                trainer.parameters.rowMajor(at: $0).allSatisfy { $0.isFinite }
            })
        if share == 1 { #expect(trainer.bits[0] == table) }
    }

    @Test("learns nothing from examples of weight zero")
    func zeroWeights() throws {
        var fixture = TrainingFixture()
        fixture.set.goldWeights = [Float](repeating: 0, count: fixture.set.count)
        var settings = TrainerSettings.small()
        settings.optimizer = .adamw(AdamWSettings())
        let trainer = try fixture.trainer(fixture.student(hidden: 5), settings: settings)
        let before = trainer.bits
        #expect(try trainer.run(epochs: 1).allSatisfy { $0 == 0 })
        #expect(trainer.bits == before)
    }

    @Test("refuses a set without examples")
    func noExamples() throws {
        let fixture = TrainingFixture(examples: 0)
        #expect(throws: TrainingError.noExamples) { try fixture.trainer(fixture.student(), settings: .small()) }
    }

    @Test("reports the loss that its own forward pass has without dropout")
    func lossIsThatOfInference() throws {
        let fixture = TrainingFixture()
        let student = fixture.student(hidden: 17)
        let trainer = try fixture.trainer(student, settings: .small())
        let logits = try inference(student, trainer.parameters).run(fixture.set.features)
        let batch = trainer.order(ofEpoch: 0)[..<20]
        var (sum, total) = (0.0, 0.0)
        for example in batch {
            let row = (example * 3)..<(example * 3 + 3)
            let score = ValidationScore(
                logits: Array(logits[row]), targets: Array(fixture.set.goldTargets[row]), classes: 3)
            sum += score.loss * Double(fixture.set.goldWeights[example])
            total += Double(fixture.set.goldWeights[example])
        }
        let loss = try trainer.train(on: batch)
        #expect((Double(loss) - sum / total).magnitude < 1e-5 * (sum / total))
    }

    @Test("refuses a student whose parameters it could not all train")
    func untrainableStudents() throws {
        let fixture = TrainingFixture()
        for kind in [OddStudent.Kind.twoLookups, .unusedParameter] {
            let student = OddStudent(plain: fixture.student(), kind: kind)
            let parameters = try ParameterStore(student.parameters, seed: 1)
            #expect(throws: GraphError.self) {
                try Trainer(
                    student: student,
                    objective: DistillationObjective(temperature: 1, usesSoftLabels: false, usesGoldLabels: true),
                    set: fixture.set, parameters: parameters, settings: .small(), kernels: TrainingKernels())
            }
        }
    }
}

/// A student that asks for what a trainer does not offer.
private struct OddStudent: Student {
    enum Kind { case twoLookups, unusedParameter }

    let plain: BagStudent
    let kind: Kind

    var parameters: [ParameterDeclaration] {
        let extra = ParameterDeclaration("unused", rows: 1, columns: 1, initializer: .zeros, decays: false)
        return kind == .unusedParameter ? [extra] + plain.parameters : plain.parameters
    }

    func logits(in graph: inout Graph, training: Bool) -> Value {
        let logits = plain.logits(in: &graph, training: training)
        guard kind == .twoLookups, let table = graph.parameter(named: "table"),
            let weight = graph.parameter(named: "head.weight"), let bias = graph.parameter(named: "head.bias")
        else { return logits }
        // The same features again, doubled.
        let ids = graph.input("ids", rows: .batch(BagStudent.features), columns: 1, type: .uint32)
        let weights = graph.input("weights", rows: .batch(BagStudent.features), columns: 1)
        let again = graph.apply(.embeddingBag, table, ids, graph.apply(.scale(by: 2), weights))
        let bag = graph.apply(.add, again, graph.apply(.embeddingBag, table, ids, weights))
        return graph.apply(.linear, bag, weight, bias)
    }
}
