/// What making the student has cost.
package struct FixedCosts: Sendable {
    /// Answers of the teacher.
    package var labelling: Double
    /// Processor time.
    package var training: Double

    package init(labelling: Double, training: Double) {
        self.labelling = labelling
        self.training = training
    }
}

extension QueryCostInput {
    /// Costs of a thousand queries: the teacher's measured tokens at the recipe's prices, the student's time on one core.
    func figures(
        student: SystemFigures, teacher: SystemFigures?, cascade: CascadeFigures?, fixed: FixedCosts?
    ) -> CostFigures {
        let tokens = queries > 0 ? Double(inputTokens + outputTokens) / Double(queries) : nil
        var teacherCost: Double?
        if queries > 0, let input = pricePerMillionInputTokens, let output = pricePerMillionOutputTokens {
            let total = Double(inputTokens) * input / 1e6 + Double(outputTokens) * output / 1e6
            teacherCost = total / Double(queries) * 1000
        }
        let seconds = student.latency.map { latency in
            latency.throughputPerSecond.map { 1000 / $0 } ?? latency.p50Microseconds / 1000
        }
        let studentCost = seconds.flatMap { seconds in corePricePerHour.map { seconds / 3600 * $0 } }
        let serving = servingFigures(
            student: student, studentCost: studentCost, studentMicroseconds: seconds.map { $0 * 1000 },
            teacher: teacher, teacherCost: teacherCost, cascade: cascade)
        return CostFigures(
            currency: currency, teacherTokensPerQuery: tokens, teacherPerThousand: teacherCost,
            studentCoreSecondsPerThousand: seconds, studentPerThousand: studentCost, serving: serving,
            breakEven: fixed.flatMap { breakEven(serving, teacherCost: teacherCost, fixed: $0) })
    }

    /// Student alone, teacher alone, and the student with the teacher for what it is unsure of.
    private func servingFigures(
        student: SystemFigures, studentCost: Double?, studentMicroseconds: Double?, teacher: SystemFigures?,
        teacherCost: Double?, cascade: CascadeFigures?
    ) -> [ServingFigures] {
        var serving = [
            ServingFigures(
                name: "student", costPerThousand: studentCost, latencyMicroseconds: studentMicroseconds,
                microjoules: studentMicrojoules, accuracy: student.accuracy.value)
        ]
        guard queries > 0 || teacher != nil else { return serving }
        let teacherMicroseconds = teacher?.latency?.p50Microseconds ?? teacherMicroseconds
        serving.append(
            ServingFigures(
                name: "teacher", costPerThousand: teacherCost, latencyMicroseconds: teacherMicroseconds,
                microjoules: nil, accuracy: teacher?.accuracy.value))
        if let cascade {
            let deferred = 1 - cascade.coverage.value
            serving.append(
                ServingFigures(
                    name: "cascade",
                    // A student's processor time without a price is next to nothing beside the teacher's.
                    costPerThousand: teacherCost.map { (studentCost ?? 0) + deferred * $0 },
                    latencyMicroseconds: studentMicroseconds.flatMap { own in
                        teacherMicroseconds.map { own + deferred * $0 }
                    },
                    microjoules: nil, accuracy: cascade.accuracy?.value))
        }
        return serving
    }

    private func breakEven(
        _ serving: [ServingFigures], teacherCost: Double?, fixed: FixedCosts
    ) -> [BreakEvenFigures]? {
        guard let teacherCost else { return nil }
        return serving.filter { $0.name != "teacher" }.map { system in
            let saved = (teacherCost - (system.costPerThousand ?? 0)) / 1000
            return BreakEvenFigures(
                labellingCost: fixed.labelling, trainingCost: fixed.training, system: system.name,
                queries: saved > 0 ? (fixed.labelling + fixed.training) / saved : nil)
        }
    }
}
