import AttarStudents
import AttarTestSupport
import AttarTraining
import Foundation
import Testing

/// A run of NumPy, written by Goldens/make_training_curve.py.
private struct TrainingCurve: Decodable {
    let buckets, width, hidden, classes, batch, warmUpSteps, totalSteps: Int
    let peak, beta1, beta2, epsilon, weightDecay, temperature: Float
    let offsets: [Int]
    let ids: [UInt32]
    let featureWeights, goldTargets, goldWeights, softTargets, softWeights: [Float]
    let start: [String: [Float]]
    let batches: [[Int]]
    let losses: [Double]
    let end: [String: [Double]]

    static func load() throws -> TrainingCurve {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/training_curve.json")
        return try JSONDecoder().decode(TrainingCurve.self, from: Data(contentsOf: file))
    }
}

@Suite("A training curve")
struct GoldenCurveTests {
    /// Share by which single precision may stray over two dozen steps.
    private static let tolerance = 2e-5

    @Test("follows the one that NumPy computed from the formulas", arguments: [1, 2])
    func followsNumPy(threads: Int) throws {
        let curve = try TrainingCurve.load()
        let student = BagStudent(
            buckets: curve.buckets, width: curve.width, hidden: curve.hidden, classes: curve.classes, featureDropout: 0,
            dropout: 0)
        let set = TrainingSet(
            features: PackedFeatures(ids: curve.ids, weights: curve.featureWeights, offsets: curve.offsets),
            classes: curve.classes, softTargets: curve.softTargets, softWeights: curve.softWeights,
            goldTargets: curve.goldTargets, goldWeights: curve.goldWeights)
        let parameters = try ParameterStore(student.parameters, seed: 1)
        for (name, values) in curve.start {
            parameters.setRowMajor(values, at: try #require(parameters.index(of: name)))
        }
        let settings = TrainerSettings(
            batching: .examples(curve.batch),
            optimizer: .adamw(
                AdamWSettings(
                    beta1: curve.beta1, beta2: curve.beta2, epsilon: curve.epsilon, weightDecay: curve.weightDecay)),
            schedule: LearningRateSchedule(
                peak: curve.peak, warmUpSteps: curve.warmUpSteps, totalSteps: curve.totalSteps, decay: .linear),
            seed: 1, threads: threads)
        let trainer = try Trainer(
            student: student,
            objective: DistillationObjective(
                temperature: curve.temperature, usesSoftLabels: true, usesGoldLabels: true),
            set: set, parameters: parameters, settings: settings, kernels: TrainingKernels())
        for (batch, expected) in zip(curve.batches, curve.losses) {
            let loss = try trainer.train(on: batch[...])
            #expect((Double(loss) - expected).magnitude <= Self.tolerance * expected)
        }
        for (name, expected) in curve.end {
            let found = parameters.rowMajor(at: try #require(parameters.index(of: name)))
            let largest = expected.map(\.magnitude).max() ?? 0
            let worst = zip(found, expected).map { (Double($0) - $1).magnitude }.max() ?? 0
            #expect(worst <= Self.tolerance * largest, "\(name): off by \(worst), largest value \(largest)")
        }
    }
}
