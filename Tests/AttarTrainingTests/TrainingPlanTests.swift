import AttarRuntime
import AttarStudents
import AttarTraining
import Testing

@Suite("The memory plan of training")
struct TrainingPlanTests {
    private static let objective = DistillationObjective(temperature: 1, usesSoftLabels: false, usesGoldLabels: true)

    private func student(_ fixture: TrainingFixture, width: Int = 64) -> BagStudent {
        BagStudent(
            buckets: fixture.featurizer.buckets, width: width, hidden: 300, classes: 3, featureDropout: 0.1,
            dropout: 0.1)
    }

    @Test("refuses a student that does not fit, before any of its memory is taken")
    func refuses() throws {
        let fixture = TrainingFixture(examples: 20)
        var settings = TrainerSettings.small()
        let small = student(fixture)
        let plan = try TrainingPlan(
            student: small, objective: Self.objective, features: fixture.set.features, settings: settings)
        let needed = plan.bytes + plan.checkpointBytes
        settings.memoryLimitBytes = needed
        try plan.check(settings)
        _ = try Trainer(
            student: small, objective: Self.objective, set: fixture.set,
            parameters: ParameterStore(small.parameters, seed: 1), settings: settings, kernels: TrainingKernels())
        settings.memoryLimitBytes = needed - 1
        let refusal = TrainingError.notEnoughMemory(plan, availableBytes: needed - 1)
        #expect(throws: refusal) { try plan.check(settings) }
        #expect(throws: refusal) {
            try Trainer(
                student: small, objective: Self.objective, set: fixture.set,
                parameters: ParameterStore(small.parameters, seed: 1), settings: settings, kernels: TrainingKernels())
        }
        #expect("\(refusal)".contains("parameters"))

        // Terabytes: more than any machine has free.
        settings.memoryLimitBytes = nil
        let huge = student(fixture, width: 1 << 32)
        let hugePlan = try TrainingPlan(
            student: huge, objective: Self.objective, features: fixture.set.features, settings: settings)
        #expect(throws: TrainingError.self) { try hugePlan.check(settings) }
        // And one whose sizes cannot be counted.
        #expect(throws: RuntimeError.self) {
            try TrainingPlan(
                student: student(fixture, width: .max / 4), objective: Self.objective, features: fixture.set.features,
                settings: settings)
        }
    }

    @Test("grows with the optimizer's state")
    func optimizers() throws {
        let fixture = TrainingFixture(examples: 20)
        let student = student(fixture)
        func state(_ change: (inout TrainerSettings) -> Void) throws -> Int {
            var settings = TrainerSettings.small()
            change(&settings)
            return try TrainingPlan(
                student: student, objective: Self.objective, features: fixture.set.features, settings: settings
            ).stateBytes
        }
        let adamw = try state { _ in }
        #expect(try state { $0.optimizer = .sgd(SGDSettings()) } * 2 == adamw)
        #expect(try state { $0.averageDecay = 0.9 } * 2 == adamw * 3)
        #expect(try state { $0.tableOptimizer = .adagrad(peakLearningRate: 1) } < adamw)
    }

    @Test("knows what the machine has free")
    func availableMemory() throws {
        let bytes = try #require(availableMemoryBytes())
        #expect(bytes > 1 << 20)
    }
}
