import AttarEvaluation
import Testing

@Suite struct EvaluationErrorTests {
    private var input: EvaluationInput {
        Invented.small(gold: [0, 1, 2], labelCount: 3, probabilities: Invented.certain([0, 1, 1], labelCount: 3))
    }

    private func expect(
        _ error: EvaluationError, mentioning words: [String], from change: (inout EvaluationInput) -> Void
    ) {
        var input = input
        change(&input)
        #expect(throws: error) { try evaluate(input) }
        for word in words { #expect("\(error)".contains(word)) }
    }

    @Test func unusableInputIsRefusedByName() {
        expect(.noRows, mentioning: ["held-out"]) { $0.gold = [] }
        expect(.noLabels, mentioning: ["label"]) { $0.labels = [] }
        expect(.noStudent, mentioning: ["student"]) { $0.systems = [] }
        expect(.noStudent, mentioning: ["student"]) { $0.systems[0].role = .teacher }
        expect(.labelOutOfRange(row: 1, label: 3, labelCount: 3), mentioning: ["row 2", "0 to 2"]) { $0.gold[1] = 3 }
        expect(.labelOutOfRange(row: 0, label: -1, labelCount: 3), mentioning: ["row 1"]) { $0.gold[0] = -1 }
        expect(.duplicateSystem(name: "student"), mentioning: ["student"]) { $0.systems.append($0.systems[0]) }
        expect(
            .wrongCount(of: "student: probabilities (rows × labels)", expected: 9, found: 8),
            mentioning: ["student", "9", "8"]
        ) { $0.systems[0].probabilities.removeLast() }
        expect(.wrongCount(of: "held-out texts", expected: 3, found: 1), mentioning: ["texts"]) { $0.texts = ["one"] }
        expect(.wrongCount(of: "training rows by label", expected: 3, found: 1), mentioning: ["training"]) {
            $0.trainingLabelCounts = [1]
        }
    }

    @Test(arguments: [Float.nan, .infinity, -0.1, 0.5]) func answersThatAreNoProbabilitiesAreRefused(value: Float) {
        expect(.notProbabilities(system: "student", row: 1), mentioning: ["student", "row 2"]) {
            $0.systems[0].probabilities[3] = value
        }
    }

    @Test func onlyATeacherMayLeaveRowsUnanswered() throws {
        var input = input
        input.systems.append(
            EvaluatedSystem(name: "large", role: .teacher, probabilities: [1, 0, 0, .nan, .nan, .nan, 0, 0, 1]))
        #expect(try evaluate(input).system(.teacher)?.unanswered == 1)
        input.systems[1].probabilities[3] = 0
        #expect(throws: EvaluationError.notProbabilities(system: "large", row: 1)) { try evaluate(input) }
    }

    @Test func optionsOutOfRangeAreRefused() {
        let changes: [(inout EvaluationOptions) -> Void] = [
            { $0.bootstrapDraws = 0 }, { $0.calibrationBins = 0 }, { $0.intervalLevel = 1 },
            { $0.intervalLevel = .nan },
            { $0.exampleLimit = -1 },
        ]
        for change in changes {
            var input = input
            change(&input.options)
            #expect(throws: EvaluationError.self) { try evaluate(input) }
        }
    }
}
