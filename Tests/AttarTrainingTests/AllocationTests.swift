import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTraining
import CAllocationCounter
import Synchronization
import Testing

/// Makes the threads of a pool count their allocations, or stop: each takes one part, and none goes on before all have one.
private final class Enrolment: PooledWork {
    private let counts: Bool
    private let arrived = Atomic<Int>(0)
    private let threads: Int

    init(_ pool: WorkerPool, counts: Bool) {
        self.counts = counts
        threads = pool.threads
        pool.run(self, parts: threads)
    }

    func run(part: Int, worker: Int) {
        allocation_counter_set(counts)
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < threads {}
    }
}

/// Heap allocations of all threads of the pool while `body` runs.
private func allocations<Failure: Error>(
    in pool: WorkerPool, _ body: () throws(Failure) -> Void
) throws(Failure) -> Int64 {
    _ = Enrolment(pool, counts: true)
    defer { _ = Enrolment(pool, counts: false) }
    let before = allocation_counter_read()
    try body()
    return allocation_counter_read() - before
}

/// Serialized: the count is one for the process.
@Suite("Heap allocations", .serialized, .enabled(if: allocation_counter_works()))
struct AllocationTests {
    private static let variants: [@Sendable (inout TrainerSettings) -> Void] = [
        { _ in },
        { $0.tableOptimizer = .adagrad(peakLearningRate: 0.1) },
        { $0.optimizer = .sgd(SGDSettings()) },
        {
            $0.largestGradientNorm = 0.5
            $0.averageDecay = 0.9
        },
        {
            $0.batching = .tokens(700)
            $0.accumulation = 2
            $0.shardsAtOnce = 1
        },
    ]

    @Test("are none in training steps, over the ends of epochs", arguments: 0..<5, [1, 2, 3])
    func steps(variant: Int, threads: Int) throws {
        let fixture = TrainingFixture(examples: 130, soft: true)
        var settings = TrainerSettings.small(batch: 40, threads: threads)
        Self.variants[variant](&settings)
        let trainer = try fixture.trainer(fixture.student(hidden: 33, dropout: 0.2), settings: settings, soft: true)
        _ = try trainer.next()
        let count = try allocations(in: trainer.pool) {
            for _ in 0..<50 { _ = try trainer.next() }
        }
        #expect(count == 0)
    }

    @Test("are none in evaluation once it is warm", arguments: [1, 2, 3], [1, 7, 64])
    func evaluation(threads: Int, rowsAtOnce: Int) throws {
        let fixture = TrainingFixture(examples: 300)
        let student = fixture.student(hidden: 17)
        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: false))
        let pool = WorkerPool(threads: threads)
        let inference = try Inference(
            graph, output: "logits", parameters: ParameterStore(student.parameters, seed: 1), kernels: Kernels(),
            rowsAtOnce: rowsAtOnce, pool: pool)
        var result = [Float](repeating: 0, count: 300 * 3)
        try result.withUnsafeMutableBufferPointer { result in
            try inference.run(fixture.set.features, into: result)
            let count = try allocations(in: pool) {
                for _ in 0..<5 { try inference.run(fixture.set.features, into: result) }
            }
            #expect(count == 0)
        }
    }

    @Test("are none in steps and evaluation of an encoder", arguments: [1, 2, 3])
    func encoder(threads: Int) throws {
        let fixture = EncoderFixture()
        var settings = TrainerSettings.small(batch: 40, threads: threads)
        settings.batching = .tokens(150)
        settings.largestGradientNorm = 1
        let trainer = try fixture.trainer(settings)
        let inference = try fixture.inference(trainer.parameters, pool: trainer.pool)
        var logits = [Float](repeating: 0, count: 90 * 3)
        _ = try trainer.next()
        try logits.withUnsafeMutableBufferPointer { logits in
            try inference.run(fixture.set.features, into: logits)
            let count = try allocations(in: trainer.pool) {
                for _ in 0..<40 { _ = try trainer.next() }
                try inference.run(fixture.set.features, into: logits)
            }
            #expect(count == 0)
        }
    }

    @Test("of a trainer at its start are as planned", arguments: [16, 100], [1, 3])
    func plan(batch: Int, shardsAtOnce: Int) throws {
        let fixture = TrainingFixture(examples: 200)
        let student = BagStudent(
            buckets: 211, width: 64, hidden: 12_000, classes: 3, featureDropout: 0.1, dropout: 0.1)
        let objective = DistillationObjective(temperature: 1, usesSoftLabels: false, usesGoldLabels: true)
        var settings = TrainerSettings.small(batch: batch)
        settings.averageDecay = 0.9
        settings.shardsAtOnce = shardsAtOnce
        let plan = try TrainingPlan(
            student: student, objective: objective, features: fixture.set.features, settings: settings)
        let parameters = try ParameterStore(student.parameters, seed: 1)
        let kernels = try TrainingKernels()
        allocation_counter_set(true)
        defer { allocation_counter_set(false) }
        let before = allocation_counter_read_bytes()
        let trainer = try Trainer(
            student: student, objective: objective, set: fixture.set, parameters: parameters, settings: settings,
            kernels: kernels)
        let taken = Int(allocation_counter_read_bytes() - before)
        let planned = plan.bytes - plan.parameterBytes
        #expect(trainer.plan == plan)
        // Building the program takes a few hundred kilobytes in small pieces, and gives them back.
        #expect(taken >= planned && taken <= planned + planned / 20 + 1_000_000, "\(taken) of \(planned)")
    }

    @Test("would be noticed")
    func counterCounts() {
        let pool = WorkerPool(threads: 2)
        var arrays: [[Int]] = []
        let count = allocations(in: pool) { arrays = (0..<10).map { [Int](repeating: $0, count: 5) } }
        #expect(count >= 10 && arrays.count == 10)
    }
}
