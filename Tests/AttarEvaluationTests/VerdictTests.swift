import AttarEvaluation
import Testing

@Suite struct VerdictTests {
    /// 1,000 rows of two labels; both systems are right on as many as asked, the student's mistakes among the teacher's
    /// as far as possible.
    private func verdict(student: Int, teacher: Int?, rows: Int = 1_000, share: Int = 2) throws -> Verdict {
        let gold = (0..<rows).map { $0 % share == 0 ? 0 : 1 }
        let answers = { (right: Int) in gold.enumerated().map { $0.offset < right ? $0.element : 1 - $0.element } }
        var input = Invented.small(
            gold: gold, labelCount: 2, probabilities: Invented.certain(answers(student), labelCount: 2))
        input.systems[0].sizeBytes = 500_000
        input.systems[0].latency = LatencyFigures(samples: 10, p50Microseconds: 9, p99Microseconds: 12)
        if let teacher {
            input.systems.append(
                EvaluatedSystem(
                    name: "large", role: .teacher, probabilities: Invented.certain(answers(teacher), labelCount: 2)))
        }
        return try evaluate(input).verdict
    }

    @Test func lessThanTheTeacher() throws {
        let verdict = try verdict(student: 812, teacher: 845)
        #expect(verdict.outcome == .keepsPartOfTeacher)
        #expect(
            verdict.sentence.replacing("\u{A0}", with: " ").hasPrefix(
                "The student keeps 96 % of its teacher’s accuracy (81.2 % vs 84.5 %, difference −3.3 points, 95 % interval −"
            ))
        #expect(verdict.sentence.replacing("\u{A0}", with: " ").hasSuffix(" at 500 kB and 9.0 µs a prediction."))
    }

    @Test func noDifferenceMoreThanTheTeacherAndTooFewRows() throws {
        #expect(try verdict(student: 845, teacher: 845).outcome == .matchesTeacher)
        #expect(try verdict(student: 844, teacher: 845).outcome == .matchesTeacher)
        #expect(try verdict(student: 900, teacher: 845).outcome == .exceedsTeacher)
        #expect(try verdict(student: 39, teacher: 40, rows: 45).outcome == .inconclusive)
    }

    @Test func withoutATeacher() throws {
        let verdict = try verdict(student: 900, teacher: nil)
        #expect(verdict.outcome == .learned)
        #expect(verdict.sentence.replacing("\u{A0}", with: " ").contains("most frequent label 50.0 %"))
    }

    @Test func aStudentThatLearnedNothingIsNotPraised() throws {
        #expect(try verdict(student: 500, teacher: 520).outcome == .noBetterThanBaseline)
        #expect(try verdict(student: 800, teacher: nil, share: 10).outcome == .noBetterThanBaseline)
        #expect(try verdict(student: 0, teacher: 0).outcome == .noBetterThanBaseline)
    }

    @Test func aTeacherThatKnowsNothingIsTold() throws {
        let verdict = try verdict(student: 700, teacher: 505)
        #expect(verdict.outcome == .exceedsTeacher)
        #expect(verdict.details.contains { $0.hasPrefix("The teacher itself is not shown") })
    }

    @Test func oneLabelCannotTell() throws {
        let input = Invented.small(
            gold: [1, 1, 1, 1], labelCount: 2, probabilities: Invented.certain([1, 1, 0, 1], labelCount: 2))
        let report = try evaluate(input)
        #expect(report.verdict.outcome == .inconclusive)
        try expectSound(report)
    }

    /// A report whose student answers some share by itself.
    private func report(_ change: (inout CascadeFigures) -> Void) throws -> EvaluationReport {
        var report = try Invented.report()
        var cascade = try Invented.cascade(rows: 1_100, label: "c")
        change(&cascade)
        report.cascade = cascade
        report.verdict = Verdict(of: report)
        return report
    }

    private func sentence(_ change: (inout CascadeFigures) -> Void) throws -> String {
        try report(change).verdict.sentence.replacing("\u{A0}", with: " ")
    }

    @Test func aCascadeSaysItsShareAndItsRisk() throws {
        #expect(
            try sentence { _ in } == "The student can answer 83 % of texts by itself, of which 96.1 % are right "
                + "(guaranteed: at least 95 % with 95 % confidence); the teacher takes the rest.")
        let agreement = try sentence {
            $0.guaranteed = "agreement with the teacher"
            $0.target = 0.965
        }
        #expect(
            agreement.contains(
                "96.8 % are the same as the teacher’s (guaranteed: at least 96.5 % with 95 % confidence)"))
    }

    @Test func whatIsNotGuaranteedIsNotSaidToBe() throws {
        #expect(try sentence { $0.fittedRows = 0 }.contains("(not guaranteed: "))
        let warned = try report { $0.warning = "The texts differ from the calibration rows." }
        #expect(warned.verdict.sentence.contains("is not to be trusted on these texts"))
        #expect(!warned.verdict.sentence.contains("guaranteed"))
        #expect(warned.verdict.details.first == "The texts differ from the calibration rows.")
        #expect(!warned.html().contains("promised: "))
        let missed = try report { $0.answeredAccuracy = Estimate(800, of: 913, level: 0.95) }
        #expect(missed.verdict.sentence.contains("is not to be trusted on these texts"))
        #expect(missed.verdict.details.first?.contains("by more than chance") == true)
    }

    @Test func aCascadeThatAnswersNothingOrEverythingIsToldApart() throws {
        let none = try report {
            $0.threshold = nil
            $0.answeredRows = 0
            $0.coverage = Estimate(0, of: 1_100, level: 0.95)
            $0.answeredAccuracy = nil
            $0.answeredAgreement = nil
        }
        #expect(none.verdict.sentence.hasPrefix("No share of the texts can be left to the student alone"))
        var alone = none
        alone.cascade = nil
        #expect(none.verdict.details.first == Verdict(of: alone).sentence)
        let all = try sentence {
            $0.answeredRows = 1_100
            $0.coverage = Estimate(1_100, of: 1_100, level: 0.95)
        }
        #expect(all.hasPrefix("The student can answer all texts by itself"))
        #expect(!all.contains("takes the rest"))
    }

    @Test func noShareIsLeftToAStudentThatLearnedNothing() throws {
        var report = try Invented.report(skill: 0)
        report.verdict = Verdict(of: report)
        #expect(report.verdict.outcome == .noBetterThanBaseline)
        #expect(report.verdict.sentence.contains("do not deploy"))
    }

    @Test func theRestNeedsSomeoneEvenWithoutATeacher() throws {
        var report = try report { _ in }
        report.systems.removeAll { $0.role == .teacher }
        #expect(Verdict(of: report).sentence.hasSuffix("the rest is for a teacher or a person."))
    }
}
