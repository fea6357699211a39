import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTraining
import Foundation
import Testing

/// Ten steps that PyTorch took in double precision, from generated start weights and batches. Written by
/// `attar-bench curve --small --output curve.h5` and `scripts/peers/compare.py curve.h5 --double --golden …`.
private struct PyTorchCurve: Decodable {
    let numbers: [String: Double]
    let offsets: [Int]
    let ids: [UInt32]
    let weights, targets: [Float]
    let parameters: [String: [Float]]
    /// Of all examples at the start.
    let logits: [Double]
    /// Of the first batch at the start, before clipping.
    let gradients: [String: [Double]]
    let losses: [Double]

    static func load(_ name: String) throws -> PyTorchCurve {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/pytorch_curves.json")
        let all = try JSONDecoder().decode([String: PyTorchCurve].self, from: Data(contentsOf: file))
        return try #require(all[name])
    }

    func size(_ name: String) throws -> Int { Int(try #require(numbers[name])) }

    var set: TrainingSet {
        get throws {
            TrainingSet(
                features: PackedFeatures(ids: ids, weights: weights, offsets: offsets), classes: try size("classes"),
                softTargets: targets, softWeights: [Float](repeating: 1, count: offsets.count - 1))
        }
    }

    func start(_ student: some Student) throws -> ParameterStore {
        let store = try ParameterStore(student.parameters, seed: 1)
        #expect(store.entries.map(\.name).sorted() == parameters.keys.sorted())
        for (index, entry) in store.entries.enumerated() {
            store.setRowMajor(try #require(parameters[entry.name]), at: index)
        }
        return store
    }

    func trainer(_ student: some Student, _ optimizer: Optimizer, largestNorm: Double?) throws -> Trainer {
        let settings = TrainerSettings(
            batching: .examples(try size("batch")), optimizer: optimizer,
            schedule: LearningRateSchedule(
                peak: Float(try #require(numbers["learning-rate"])), warmUpSteps: 0, totalSteps: 1, decay: .constant),
            largestGradientNorm: largestNorm.map { Float($0) }, seed: 1)
        return try Trainer(
            student: student,
            objective: DistillationObjective(
                temperature: Float(try #require(numbers["temperature"])), usesSoftLabels: true, usesGoldLabels: false),
            set: set, parameters: start(student), settings: settings, kernels: TrainingKernels())
    }

    func batch(_ step: Int) throws -> ArraySlice<Int> {
        let batch = try size("batch")
        return Array((step * batch)..<((step + 1) * batch))[...]
    }
}

@Suite("Students against PyTorch, from the same weights on the same batches")
struct PyTorchCurveTests {
    /// Share of the largest value; the project's limit is 1e-4.
    private static let tolerance = 1e-5

    @Test("an encoder under AdamW with clipping")
    func encoder() throws {
        let curve = try PyTorchCurve.load("encoder")
        try check(
            curve,
            EncoderStudent(
                vocabulary: curve.size("vocabulary"), longest: curve.size("longest"), width: curve.size("width"),
                layers: curve.size("layers"), heads: curve.size("heads"), feedForward: curve.size("feed-forward"),
                classes: curve.size("classes"), pooling: .mean, dropout: 0))
    }

    @Test("a bag whose table is under SparseAdam")
    func bag() throws {
        let curve = try PyTorchCurve.load("bag")
        try check(
            curve,
            BagStudent(
                buckets: curve.size("buckets"), width: curve.size("width"), hidden: curve.size("hidden"),
                classes: curve.size("classes"), featureDropout: 0, dropout: 0))
    }

    private func check(_ curve: PyTorchCurve, _ student: some Student) throws {
        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: false))
        let inference = try Inference(
            graph, output: "logits", parameters: curve.start(student), kernels: Kernels())
        expectSame(try inference.run(curve.set.features), curve.logits, "logits")

        // After one step the momentum of plain gradient descent is the gradient.
        let first = try curve.trainer(student, .sgd(SGDSettings()), largestNorm: nil)
        _ = try first.train(on: curve.batch(0))
        let found = first.state.firstMoments
        #expect(found.entries.map(\.name).sorted() == curve.gradients.keys.sorted())
        for (index, entry) in found.entries.enumerated() {
            expectSame(found.rowMajor(at: index), try #require(curve.gradients[entry.name]), entry.name)
        }

        let adamw = AdamWSettings(
            epsilon: Float(try #require(curve.numbers["epsilon"])),
            weightDecay: Float(try #require(curve.numbers["weight-decay"])))
        let trainer = try curve.trainer(student, .adamw(adamw), largestNorm: curve.numbers["largest-norm"])
        for (step, expected) in curve.losses.enumerated() {
            expectSame([try trainer.train(on: curve.batch(step))], [expected], "the loss of step \(step + 1)")
        }
    }

    private func expectSame(_ found: [Float], _ expected: [Double], _ name: String) {
        #expect(found.count == expected.count, "\(name)")
        let largest = expected.reduce(0) { max($0, $1.magnitude) }
        let worst = zip(found, expected).reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) }
        #expect(worst <= Self.tolerance * largest, "\(name): off by \(worst), largest value \(largest)")
    }
}
