import AttarEvaluation
import AttarStatistics
import Testing

@Suite struct CascadeFiguresTests {
    /// Ten rows: the student is right on the first six, the teacher on all but the last.
    private func input() -> EvaluationInput {
        let gold = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
        let student = gold.enumerated().map { $0.offset < 6 ? $0.element : 1 - $0.element }
        let teacher = gold.enumerated().map { $0.offset < 9 ? $0.element : 1 - $0.element }
        var input = Invented.small(gold: gold, labelCount: 2, probabilities: Invented.certain(student, labelCount: 2))
        input.systems.append(
            EvaluatedSystem(name: "large", role: .teacher, probabilities: Invented.certain(teacher, labelCount: 2)))
        // Sure of the first five rows and of the eighth, by falling score; the gate holds one more back.
        let scores = [0.99, 0.98, 0.97, 0.96, 0.95, 0.6, 0.5, 0.94, 0.4, 0.3]
        input.cascade = CascadeInput(
            score: "largest probability", target: 0.8, confidence: 0.95, guaranteed: "gold accuracy", isPerLabel: false,
            fittedRows: 100, threshold: 0.9, gate: "known n-grams", gateThreshold: 0.2, scores: scores,
            isAnswered: scores.enumerated().map { $0.element >= 0.9 && $0.offset != 0 },
            isHeldBackByGate: scores.indices.map { $0 == 0 })
        return input
    }

    @Test func figuresFollowFromWhoAnswers() throws {
        let cascade = try #require(try evaluate(input()).cascade)
        #expect(cascade.answeredRows == 5 && cascade.coverage.value == 0.5)
        #expect(cascade.answeredAccuracy?.value == 0.8)
        #expect(cascade.answeredAgreement?.value == 0.8)
        // Deferred: rows 0, 5 (student right), 6, 8, 9 (wrong); the teacher is wrong on 9 only.
        #expect(cascade.studentOnDeferred?.value == 0.4)
        #expect(cascade.teacherOnDeferred?.value == 0.8)
        #expect(cascade.accuracy?.value == 0.8)
        #expect(cascade.heldBackByGate == 0.1)
    }

    @Test func theCurveGoesFromTheSurestRowToAll() throws {
        let curve = try #require(try evaluate(input()).cascade).curve
        #expect(curve.first?.coverage == 0.1 && curve.last?.coverage == 1)
        #expect(curve.first?.accuracy.value == 1 && curve.last?.accuracy.value == 0.6)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.threshold > $1.threshold && $0.coverage < $1.coverage })
    }

    @Test func costsFollowFromCoverage() throws {
        var input = input()
        input.systems[0].latency = LatencyFigures(
            samples: 10, p50Microseconds: 10, p99Microseconds: 20, throughputPerSecond: 100_000)
        input.queryCost = QueryCostInput(
            queries: 10, inputTokens: 1000, outputTokens: 10, pricePerMillionInputTokens: 1,
            pricePerMillionOutputTokens: 2, corePricePerHour: 3.6)
        input.queryCost?.teacherMicroseconds = 1_000_000
        input.fixedCosts = FixedCosts(labelling: 5, training: 1)
        let cost = try #require(try evaluate(input).cost)
        let serving = try #require(cost.serving)
        #expect(serving.map(\.name) == ["student", "teacher", "cascade"])
        // 0.00001 s a query at 0.001 a second; 102 tokens' worth of a millionth.
        let (student, teacher) = (1e-5, 0.102)
        #expect(abs((serving[0].costPerThousand ?? 0) - student) < 1e-12)
        #expect(abs((serving[1].costPerThousand ?? 0) - teacher) < 1e-12)
        #expect(abs((serving[2].costPerThousand ?? 0) - (student + 0.5 * teacher)) < 1e-12)
        #expect(abs((serving[2].latencyMicroseconds ?? 0) - 500_010) < 1e-6)
        let breakEven = try #require(cost.breakEven)
        #expect(abs((breakEven[0].queries ?? 0) - 6000 / (teacher - student)) < 1e-6)
        #expect(abs((breakEven[1].queries ?? 0) - 6000 / (teacher / 2 - student)) < 1e-6)
    }

    @Test("A warning of the threshold is told, whatever else is wrong with the student", arguments: [true, false])
    func warning(isUseless: Bool) throws {
        var input = input()
        if isUseless {
            input.systems[0].probabilities = Invented.certain(input.gold.map { 1 - $0 }, labelCount: 2)
        }
        input.cascade?.warning = "The texts are of another kind."
        let verdict = try evaluate(input).verdict
        #expect(!isUseless || verdict.outcome == .noBetterThanBaseline)
        #expect(verdict.details.contains("The texts are of another kind."))
    }

    @Test func withoutACascadeThereIsACurveOfConfidence() throws {
        var input = input()
        input.cascade = nil
        let report = try evaluate(input)
        #expect(report.cascade == nil)
        #expect(report.coverageCurve?.last?.coverage == 1)
    }

    @Test func countsThatDoNotFitAreRefused() throws {
        var input = input()
        input.cascade?.scores.removeLast()
        #expect(throws: EvaluationError.wrongCount(of: "rows decided by the cascade", expected: 10, found: 9)) {
            try evaluate(input)
        }
        input = self.input()
        input.costs = [[0, 1]]
        #expect(throws: EvaluationError.wrongCount(of: "rows and columns of the cost matrix", expected: 2, found: 1)) {
            try evaluate(input)
        }
    }

    @Test func meanCostIsThatOfTheMatrix() throws {
        var input = input()
        // Rows 6…9 are wrong: two of label 0 given 1, two of label 1 given 0.
        input.costs = [[0, 5], [2, 0]]
        #expect(try evaluate(input).subjectFigures?.meanCost?.value == 1.4)
    }

    @Test func disagreementsAreQuotedWithBothAnswers() throws {
        var input = input()
        input.texts = input.gold.indices.map { "text \($0)" }
        input.options.exampleLimit = 3
        let quoted = try #require(try evaluate(input).disagreements)
        // Rows 6, 7 and 8: both are wrong on 9.
        #expect(quoted.map(\.row) == [6, 7, 8])
        #expect(quoted.allSatisfy { $0.teacher == $0.expected && $0.student != $0.teacher })
    }
}
