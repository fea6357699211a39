import AttarStatistics

/// Computes every figure of a report from the answers of the systems.
///
/// - Throws: ``EvaluationError`` when counts do not fit together, labels are out of range or rows are not probabilities.
package func evaluate(_ input: EvaluationInput) throws(EvaluationError) -> EvaluationReport {
    try input.check()
    let held = HeldOutAnswers(gold: input.gold, labelCount: input.labels.count, options: input.options)
    let baseline = input.majorityBaseline
    let systems = [baseline] + input.systems
    let answers = systems.map { SystemAnswers($0, labelCount: input.labels.count) }
    let subject = input.subjectIndex + 1
    let teacher = systems.firstIndex { $0.role == .teacher }
    let figures = held.figures(
        of: answers, pairs: comparedPairs(systems, subject: subject), costs: input.costs,
        detailed: [subject, teacher].compactMap { $0 })
    let cascade = input.cascade.map {
        held.cascade($0, subject: answers[subject], teacher: teacher.map { answers[$0] })
    }

    var report = EvaluationReport(
        schema: EvaluationReport.currentSchema,
        verdict: Verdict(outcome: .inconclusive, sentence: "", details: []),
        recipe: input.recipe,
        labels: input.labels,
        heldOutRows: input.gold.count,
        options: input.options,
        subject: systems[subject].name,
        systems: figures.systems,
        comparisons: figures.comparisons.compactMap { $0 },
        teacherAgreement: teacher.flatMap { held.agreement(of: answers[subject], with: answers[$0]) },
        deployment: deployment(systems, answers),
        classes: held.classFigures(of: answers[subject], labels: input.labels),
        confusion: held.confusion(of: answers[subject]),
        reliability: [subject, teacher].compactMap { $0 }.compactMap { held.reliability(of: answers[$0]) },
        data: input.data,
        learningCurve: input.learningCurve.map { curve($0, level: input.options.intervalLevel) },
        rounds: input.rounds,
        quantization: input.quantization,
        spending: input.spending,
        cost: input.queryCost.map {
            $0.figures(
                student: figures.systems[subject], teacher: teacher.map { figures.systems[$0] }, cascade: cascade,
                fixed: input.fixedCosts)
        },
        cascade: cascade,
        coverageCurve: cascade == nil
            ? held.coverageCurve(of: answers[subject], scores: held.topProbabilities(of: answers[subject])) : nil,
        stress: input.stress,
        seeds: SeedFigures(input.seedRuns, level: input.options.intervalLevel),
        provenance: input.provenance,
        notes: [],
        examples: held.examples(
            of: answers[subject], teacher: teacher.map { answers[$0] }, texts: input.texts, labels: input.labels),
        disagreements: teacher.map {
            held.disagreements(of: answers[subject], with: answers[$0], texts: input.texts, labels: input.labels)
        })
    report.verdict = Verdict(of: report)
    report.notes = report.limits + input.notes
    return report
}

/// Which systems are compared, as index pairs: the subject with teacher and baseline, each stage of the student with the
/// one before; then all others.
private func comparedPairs(_ systems: [EvaluatedSystem], subject: Int) -> [(first: Int, second: Int)] {
    func index(_ role: SystemRole) -> Int? { systems.firstIndex { $0.role == role } }
    var pairs: [(first: Int, second: Int)] = []
    if let teacher = index(.teacher) { pairs.append((subject, teacher)) }
    if let float = index(.floatStudent), let quantized = index(.quantizedStudent) { pairs.append((quantized, float)) }
    if let file = index(.deployedFile), let evaluated = index(.quantizedStudent) ?? index(.floatStudent) {
        pairs.append((file, evaluated))
    }
    pairs += systems.indices.filter { systems[$0].role == .other }.map { (subject, $0) }
    pairs.append((subject, 0))
    pairs = pairs.filter { $0.first != $0.second }
    for first in systems.indices.reversed() {
        for second in systems.indices.prefix(first)
        where !pairs.contains(where: { Set([$0.first, $0.second]) == [first, second] }) {
            pairs.append((first, second))
        }
    }
    return pairs
}

private func deployment(_ systems: [EvaluatedSystem], _ answers: [SystemAnswers]) -> DeploymentFigures? {
    guard let file = systems.firstIndex(where: { $0.role == .deployedFile }),
        let evaluated = systems.firstIndex(where: { $0.role == .quantizedStudent })
            ?? systems.firstIndex(where: { $0.role == .floatStudent })
    else { return nil }
    let differing = answers[file].predictions.indices.filter {
        answers[file].predictions[$0] != answers[evaluated].predictions[$0]
    }
    let largest = zip(answers[file].probabilities, answers[evaluated].probabilities).reduce(Float(0)) {
        max($0, abs($1.0 - $1.1))
    }
    return DeploymentFigures(
        file: systems[file].name, evaluated: systems[evaluated].name, rows: answers[file].predictions.count,
        identicalPredictions: answers[file].predictions.count - differing.count,
        largestProbabilityDifference: Double(largest), firstDifferingRows: Array(differing.prefix(20)))
}

private func curve(_ input: LearningCurveInput, level: Double) -> LearningCurveFigures {
    LearningCurveFigures(
        part: input.part,
        points: input.points.sorted { $0.rows < $1.rows }.map {
            .init(rows: $0.rows, judged: $0.judged, accuracy: Estimate($0.correct, of: $0.judged, level: level))
        })
}
