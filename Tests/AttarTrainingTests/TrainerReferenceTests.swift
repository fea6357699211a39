import AttarTestSupport
import AttarTraining
import Testing

@Suite("A trainer against its formulas in double precision")
struct TrainerReferenceTests {
    /// Share of a parameter's largest value by which single precision may differ after a few steps.
    private static let tolerance = 2e-5

    @Test(
        "takes the same steps", arguments: [TableOptimizer.shared, .adagrad(peakLearningRate: 0.1)],
        [(hidden: 0, soft: false), (hidden: 5, soft: false), (hidden: 0, soft: true), (hidden: 33, soft: true)])
    func sameSteps(tableOptimizer: TableOptimizer, student: (hidden: Int, soft: Bool)) throws {
        let fixture = TrainingFixture(soft: student.soft)
        let settings = TrainerSettings.small(tableOptimizer: tableOptimizer)
        let trainer = try fixture.trainer(
            fixture.student(hidden: student.hidden), settings: settings, soft: student.soft)
        var reference = ReferenceTrainer(
            trainer.parameters, set: fixture.set, settings: settings, temperature: 2, usesSoftLabels: student.soft)
        for epoch in 0..<3 {
            let order = trainer.order(ofEpoch: epoch)
            for start in stride(from: 0, to: order.count, by: settings.batchExamples) {
                let batch = order[start..<min(start + settings.batchExamples, order.count)]
                let expected = reference.train(on: batch)
                let loss = try trainer.train(on: batch)
                #expect((Double(loss) - expected).magnitude <= Self.tolerance * (1 + expected.magnitude))
            }
        }
        for (index, entry) in trainer.parameters.entries.enumerated() {
            let expected = try #require(reference.parameters[entry.name]).values
            let found = trainer.parameters.rowMajor(at: index)
            let largest = expected.map(\.magnitude).max() ?? 0
            let worst = zip(found, expected).map { (Double($0) - $1).magnitude }.max() ?? 0
            #expect(worst <= Self.tolerance * largest, "\(entry.name): off by \(worst), largest value \(largest)")
        }
    }
}
