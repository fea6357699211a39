import AttarEvaluation
import AttarStatistics
import Foundation
import Testing

@Suite struct EvaluationTests {
    @Test func figuresAreThoseOfTheAnswers() throws {
        let input = Invented.full(rows: 300, labels: ["a", "b", "c"])
        let report = try evaluate(input)
        #expect(report.systems.map(\.role) == [.majority, .teacher, .floatStudent, .quantizedStudent, .deployedFile])
        #expect(report.subject == "Model file")
        for (system, figures) in zip(input.systems, report.systems.dropFirst()) {
            let predicted = mostProbable(system.probabilities, classCount: 3).compactMap { $0 }
            #expect(figures.accuracy.value == accuracy(truth: input.gold, predicted: predicted))
            #expect(
                abs(figures.macroF1.value - macroF1(truth: input.gold, predicted: predicted, classCount: 3)) < 1e-12)
            #expect(figures.correct == zip(input.gold, predicted).count { $0.0 == $0.1 })
            for estimate in [figures.accuracy, figures.macroF1] + [figures.logLoss, figures.brier].compactMap({ $0 }) {
                let (lower, upper) = (try #require(estimate.lower), try #require(estimate.upper))
                #expect(lower <= estimate.value && estimate.value <= upper)
            }
        }
        #expect(report.confusion.flatMap { $0 }.reduce(0, +) == 300)
        #expect(report.classes.map(\.support) == report.confusion.map { $0.reduce(0, +) })
        for bins in report.reliability.map(\.bins) { #expect(bins.reduce(0) { $0 + $1.rows } == 300) }
    }

    @Test func theBaselineAlwaysAnswersTheMostFrequentTrainingLabel() throws {
        var input = Invented.full(rows: 120, labels: ["a", "b", "c"])
        input.trainingLabelCounts = [5, 90, 5]
        let report = try evaluate(input)
        let share = Double(input.gold.count { $0 == 1 }) / 120
        #expect(report.system(.majority)?.accuracy.value == share)
        #expect(report.system(.majority)?.logLoss?.value.isFinite == true)
    }

    @Test func comparisonsAreFirstMinusSecondOnTheSameRows() throws {
        let gold = [0, 0, 1, 1, 0, 1, 0, 1]
        let wrong = gold.enumerated().map { $0.offset < 3 ? 1 - $0.element : $0.element }
        var input = Invented.small(gold: gold, labelCount: 2, probabilities: Invented.certain(wrong, labelCount: 2))
        input.systems.append(
            EvaluatedSystem(name: "large", role: .teacher, probabilities: Invented.certain(gold, labelCount: 2)))
        let report = try evaluate(input)
        let comparison = try #require(report.comparison("student", "large"))
        #expect(comparison.accuracyDifference.value == -3.0 / 8)
        #expect(comparison.onlyFirstCorrect == 0 && comparison.onlySecondCorrect == 3)
        #expect(comparison.sameAnswerRows == 5)
        #expect(comparison.accuracyRatio?.value == 5.0 / 8)
        #expect(report.teacherAgreement?.sameAnswerRows == 5)
    }

    @Test func theTeacherIsJudgedOnTheRowsItAnswered() throws {
        let gold = [0, 1, 0, 1, 0, 1]
        var answers = Invented.certain([0, 1, 0, 0, 0, 0], labelCount: 2)
        for index in 6..<12 { answers[index] = .nan }
        var input = Invented.small(gold: gold, labelCount: 2, probabilities: Invented.certain(gold, labelCount: 2))
        input.systems.append(EvaluatedSystem(name: "large", role: .teacher, probabilities: answers))
        let report = try evaluate(input)
        let teacher = try #require(report.system(.teacher))
        #expect(teacher.answered == 3 && teacher.unanswered == 3 && teacher.accuracy.value == 1)
        #expect(report.comparison("student", "large")?.rows == 3)
        #expect(report.notes.contains { $0.contains("3 of 6") })
    }

    @Test func aTeacherThatNeverAnsweredLeavesTheReportWhole() throws {
        let gold = [0, 1, 0, 1]
        var input = Invented.small(gold: gold, labelCount: 2, probabilities: Invented.certain(gold, labelCount: 2))
        input.systems.append(
            EvaluatedSystem(name: "large", role: .teacher, probabilities: [Float](repeating: .nan, count: 8)))
        let report = try evaluate(input)
        #expect(report.comparison("student", "large") == nil)
        #expect(report.teacherAgreement == nil)
        #expect(report.verdict.outcome == .learned || report.verdict.outcome == .noBetterThanBaseline)
        try expectSound(report)
    }

    @Test func aDeployedFileThatAnswersOtherwiseIsTold() throws {
        let gold = [0, 1, 0, 1, 1]
        var input = Invented.small(
            gold: gold, labelCount: 2, probabilities: Invented.certain([0, 1, 0, 0, 1], labelCount: 2))
        input.systems.append(
            EvaluatedSystem(
                name: "int8", role: .quantizedStudent, probabilities: Invented.certain(gold, labelCount: 2)))
        let report = try evaluate(input)
        let deployment = try #require(report.deployment)
        #expect(deployment.identicalPredictions == 4)
        #expect(deployment.firstDifferingRows == [3])
        #expect(deployment.largestProbabilityDifference == 1)
        #expect(report.verdict.details.contains { $0.contains("1 of 5 held-out texts differently") })
        #expect(report.html().contains("class=\"alarm\""))
    }

    @Test func sameInputGivesTheSameReport() throws {
        let input = Invented.full(rows: 200, labels: ["a", "b", "c", "d"])
        #expect(try evaluate(input).json() == evaluate(input).json())
        #expect(try evaluate(input).html() == evaluate(input).html())
    }

    @Test func examplesAreTheSurestMistakesAndOnlyOnRequest() throws {
        var input = Invented.full(rows: 200, labels: ["a", "b", "c"], studentSkill: 1)
        let report = try evaluate(input)
        #expect(report.examples.count == 5)
        #expect(report.examples.allSatisfy { $0.expected != $0.predicted })
        #expect(report.examples.map(\.probability) == report.examples.map(\.probability).sorted(by: >))
        input.options.exampleLimit = 0
        let silent = try evaluate(input)
        #expect(silent.examples.isEmpty)
        #expect(!String(decoding: try silent.json(), as: UTF8.self).contains("Invented message"))
        #expect(!silent.html().contains("Invented message"))
    }

    @Test func queryCostIsTokensTimesPrices() throws {
        var input = Invented.full(rows: 100, labels: ["a", "b"])
        input.queryCost = QueryCostInput(
            queries: 100, inputTokens: 20_000, outputTokens: 100, pricePerMillionInputTokens: 0.5,
            pricePerMillionOutputTokens: 2, corePricePerHour: 0.36)
        let cost = try #require(try evaluate(input).cost)
        #expect(abs(try #require(cost.teacherPerThousand) - 0.102) < 1e-12)
        #expect(cost.teacherTokensPerQuery == 201)
        #expect(abs(try #require(cost.studentCoreSecondsPerThousand) - 1000.0 / 107_000) < 1e-12)
        #expect(abs(try #require(cost.studentPerThousand) - 1000.0 / 107_000 * 0.0001) < 1e-12)
        input.queryCost?.pricePerMillionInputTokens = nil
        #expect(try evaluate(input).cost?.teacherPerThousand == nil)
        input.queryCost?.queries = 0
        try expectSound(evaluate(input))
    }

    @Test(arguments: [1, 2, 150]) func anyNumberOfLabels(labelCount: Int) throws {
        let labels = (1...labelCount).map { "label \($0)" }
        try expectSound(evaluate(Invented.full(rows: 400, labels: labels)))
    }

    @Test(arguments: [1, 2, 40]) func allRightAndAllWrong(rows: Int) throws {
        let gold = (0..<rows).map { $0 % 3 }
        let wrong = gold.map { ($0 + 1) % 3 }
        for answers in [gold, wrong] {
            for teacher in [gold, wrong] {
                var input = Invented.small(
                    gold: gold, labelCount: 3, probabilities: Invented.certain(answers, labelCount: 3))
                input.systems.append(
                    EvaluatedSystem(
                        name: "large", role: .teacher, probabilities: Invented.certain(teacher, labelCount: 3)))
                let report = try evaluate(input)
                try expectSound(report)
                #expect(report.subjectFigures?.accuracy.value == (answers == gold ? 1 : 0))
            }
        }
    }
}

/// A report can be stored, read again, drawn and printed, and shows nothing that is not a number.
func expectSound(_ report: EvaluationReport) throws {
    let json = try report.json()
    #expect(try EvaluationReport(json: json) == report)
    let html = report.html()
    let terminal = report.terminalText()
    let pattern = try Regex("\\b(nan|NaN|inf|Infinity)\\b|−0\\.0\\b")
    #expect(html.firstMatch(of: pattern) == nil)
    #expect(terminal.firstMatch(of: pattern) == nil)
    #expect(report.markdown().firstMatch(of: pattern) == nil)
    #expect(tags(of: html) != nil, "tags are not balanced")
}

/// The names of the opening tags in order; nil if they are not closed as they were opened.
func tags(of html: String) -> [String]? {
    let void: Set = ["meta", "link", "input"]
    var open: [String] = []
    var names: [String] = []
    for part in html.split(separator: "<", omittingEmptySubsequences: true).map({ $0.prefix { $0 != ">" } }) {
        if part.hasPrefix("!") { continue }
        if part.hasPrefix("/") {
            guard open.popLast() == part.dropFirst().trimmingCharacters(in: .whitespaces) else { return nil }
            continue
        }
        let name = String(part.prefix { $0.isLetter || $0.isNumber })
        // Comparisons in the script.
        if open.last == "script" || name.isEmpty { continue }
        names.append(name)
        if !part.hasSuffix("/"), !void.contains(name) { open.append(name) }
    }
    return open.isEmpty ? names : nil
}
