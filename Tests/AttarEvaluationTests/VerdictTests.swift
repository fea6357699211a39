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
}
