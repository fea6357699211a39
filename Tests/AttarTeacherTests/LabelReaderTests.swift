import AttarStatistics
import AttarTeacher
import Foundation
import Testing

@Suite struct LabelReaderTests {
    private func tokens(_ pairs: KeyValuePairs<String, Double>) -> [TokenLogprob] {
        pairs.map { TokenLogprob(token: $0.key, logprob: log($0.value)) }
    }

    @Test func spellingsAndPrefixesAreSummed() {
        let reader = LabelReader(words: ["positive", "negative"])
        let answer = reader.read(
            tokens([
                " positive": 0.3, "Positive": 0.1, "pos": 0.1, "ĠPOS": 0.05, " negative": 0.1, "Neg": 0.05,
                "mixed": 0.2,
            ]))
        #expect(abs(answer.probabilities[0] - 0.55 / 0.7) < 1e-12)
        #expect(abs(answer.massOutside - 0.3) < 1e-12)
    }

    /// “po” may begin either label, one letter may begin anything, and “positively” is another word.
    @Test func ambiguousTokensCountForNoLabel() {
        let reader = LabelReader(words: ["positive", "political"])
        let answer = reader.read(tokens(["po": 0.4, "p": 0.2, "pos": 0.1, "pol": 0.1, "positively": 0.1]))
        #expect(answer.probabilities == [0.5, 0.5])
        #expect(abs(answer.massOutside - 0.8) < 1e-12)
    }

    @Test func outsideAnswersAreNeverMapped() {
        let reader = LabelReader(words: ["positive", "negative"])
        for answer in [reader.read(tokens(["maybe": 0.9, "!": 0.1])), reader.read([])] {
            #expect(!answer.isAnswered)
            #expect(answer.probabilities.count == 2 && answer.probabilities.allSatisfy { $0.isNaN })
            #expect(answer.massOutside == 1)
        }
    }

    /// A whole word counts even where it begins another label.
    @Test func exactWordWins() {
        let reader = LabelReader(words: ["sport", "sports news"])
        let answer = reader.read(tokens([" Sport": 0.6, "sports": 0.2]))
        #expect(abs(answer.probabilities[0] - 0.75) < 1e-12)
    }

    @Test func lettersAreReadStrictly() {
        let reader = LabelReader(words: ["A", "B", "C"])
        let answer = reader.read(tokens([" A": 0.3, "(B": 0.2, "C)": 0.1, "a": 0.2, "An": 0.1]))
        #expect(abs(answer.probabilities[0] - 0.5) < 1e-9)
        #expect(abs(answer.massOutside - 0.4) < 1e-9)
    }

    /// Properties over random token lists.
    @Test(arguments: 0..<50) func probabilitiesAreAlwaysSound(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let words = ["billing", "card lost", "delivery", "other"]
        let pool = ["billing", "Bill", "card", " CARD", "del", "other", "oth", "x", "", "b", "the", "…", "ca"]
        let chosen = pool.shuffled(using: &random).prefix(Int.random(in: 1...pool.count, using: &random))
        let weights = chosen.map { _ in Double.random(in: 1e-9...1, using: &random) }
        let total = weights.reduce(0, +) * Double.random(in: 1...2, using: &random)
        let list = zip(chosen, weights).map { TokenLogprob(token: $0, logprob: log($1 / total)) }
        let answer = LabelReader(words: words).read(list)
        #expect((0...1).contains(answer.massOutside))
        // The order of the list says nothing.
        #expect(LabelReader(words: words).read(list.shuffled(using: &random)).isAnswered == answer.isAnswered)
        guard answer.isAnswered else { return }
        #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-9)
        #expect(answer.probabilities.allSatisfy { $0 > 0 && $0 <= 1 }, "no label is ruled out for good")
    }
}

@Suite struct LabelPriorTests {
    private func rows(_ count: Int, labels: Int, seed: UInt64) -> [[Double]] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let raw = (0..<labels).map { _ in Double.random(in: 0.001...1, using: &random) }
            return raw.map { $0 / raw.reduce(0, +) }
        }
    }

    @Test(arguments: 0..<10) func correctedRowsSumToOneAndKeepTheirOrderWithinALabel(_ seed: UInt64) {
        let before = rows(40, labels: 3, seed: seed)
        let after = priorCorrected(before)
        for row in after { #expect(abs(row.reduce(0, +) - 1) < 1e-12) }
        // Odds change by the same factor in every row.
        let factors = zip(before, after).map { ($1[0] / $1[1]) / ($0[0] / $0[1]) }
        #expect(factors.allSatisfy { abs($0 - factors[0]) < 1e-9 * factors[0] })
    }

    /// A teacher that always doubles the odds of one label, as a lean, is seen through.
    @Test func leanIsDividedOut() {
        let honest = rows(400, labels: 2, seed: 3).flatMap { [$0, $0.reversed()] }
        let leaning = honest.map { row in
            let raw = [row[0] * 8, row[1]]
            return raw.map { $0 / raw.reduce(0, +) }
        }
        let right = zip(leaning, honest).filter { ($0[0] > 0.5) == ($1[0] > 0.5) }.count
        let corrected = zip(priorCorrected(leaning), honest).filter { ($0[0] > 0.5) == ($1[0] > 0.5) }.count
        #expect(corrected > right)
        // Symmetric texts under a lean of odds 8: what is left wrong lies near the boundary.
        #expect(right < 2 * honest.count / 3 && corrected > 3 * honest.count / 4)
    }

    @Test func equalMeansChangeNothing() {
        let balanced = rows(50, labels: 2, seed: 9).flatMap { [$0, $0.reversed()] }
        for (row, corrected) in zip(balanced, priorCorrected(balanced)) {
            #expect(zip(row, corrected).allSatisfy { abs($0 - $1) < 1e-9 })
        }
    }

    @Test func strengthZeroChangesNothingAndSharesTilt() {
        let before = rows(30, labels: 2, seed: 5)
        for (row, corrected) in zip(before, priorCorrected(before, strength: 0)) {
            #expect(zip(row, corrected).allSatisfy { abs($0 - $1) < 1e-12 })
        }
        let even = priorCorrected(before)
        let tilted = priorCorrected(before, shares: [0.9, 0.1])
        #expect(zip(even, tilted).allSatisfy { $1[0] > $0[0] })
    }

    @Test func rowsWithoutAnswerStayAndDoNotCount() {
        let answered = rows(20, labels: 2, seed: 1)
        let mixed = answered + [[.nan, .nan]]
        let corrected = priorCorrected(mixed)
        #expect(corrected.last?.allSatisfy { $0.isNaN } == true)
        #expect(Array(corrected.dropLast()) == priorCorrected(answered))
        #expect(priorCorrected([[.nan, .nan]]).joined().allSatisfy { $0.isNaN })
        #expect(priorCorrected([]).isEmpty)
    }
}

@Suite struct LabelTaskTests {
    private func task(_ names: [String], _ answers: LabelTask.AnswerForm = .automatic) -> LabelTask {
        LabelTask(labels: names.map { TeacherLabel(name: $0) }, answers: answers)
    }

    @Test func namesWhereOneTokenTellsThemApart() throws {
        #expect(try task(["positive", "negative"]).answerWords() == ["positive", "negative"])
        #expect(try task(["card lost", "card stolen"]).answerWords() == ["A", "B"])
        #expect(try task((0..<8).map { "\(UnicodeScalar(UInt8(97 + $0)))\($0)word" }).answerWords().last == "H")
        #expect(try task(["spam", "spam-like"]).answerWords() == ["A", "B"])
    }

    /// Many labels are written out as words.
    @Test func namesAgainWhereLettersEnd() throws {
        let many = (0..<77).map { "label_\($0)" }
        #expect(try task(many).answerWords() == many.map { $0.replacing("_", with: " ") })
    }

    @Test(arguments: [
        (PromptForm.completion, true, 2, LabelMethod.tokens), (.completion, true, 20, .tokens),
        (.completion, true, 77, .scoring), (.chat, true, 77, .sampling), (.chat, false, 2, .sampling),
        (.completion, false, 77, .sampling), (.chat, true, 2, .tokens),
    ])
    func bestRungThatEndpointAndLabelsAllow(_ form: PromptForm, _ logprobs: Bool, _ count: Int, _ best: LabelMethod)
        throws
    {
        var task = task((0..<count).map { "\($0) of them" })
        task.form = form
        #expect(try LabelPlan(task, hasLogprobs: logprobs).method == best)
        task.samples = 1
        #expect(try LabelPlan(task, hasLogprobs: logprobs).method == (best == .sampling ? .hard : best))
        task.method = .hard
        #expect(try LabelPlan(task, hasLogprobs: logprobs).method == .hard)
    }

    @Test func sharedNamesAreScoredWhereNamesAreAskedFor() throws {
        #expect(try LabelPlan(task(["card lost", "card stolen"], .names)).method == .scoring)
    }

    @Test func badTasksAreRefused() {
        #expect(throws: TeacherError.task(.tooFewLabels(1))) { try task(["one"]).answerWords() }
        #expect(throws: TeacherError.task(.repeatedLabel("One "))) { try task(["one", "One "]).answerWords() }
        #expect(throws: TeacherError.task(.emptyLabel)) { try task(["one", " "]).answerWords() }
        #expect(throws: TeacherError.task(.tooManyLabels(count: 77, limit: 26))) {
            try task((0..<77).map { "label \($0)" }, .letters).answerWords()
        }
        var one = task(["card lost", "card stolen", "other"], .names)
        one.method = .tokens
        #expect(throws: TeacherError.task(.sharedAnswers(["card lost", "card stolen"]))) { try one.answerWords() }
        one.answers = .numbers
        #expect(throws: Never.self) { try one.answerWords() }
        one.labels = (0..<12).map { TeacherLabel(name: "label \($0)") }
        #expect(throws: TeacherError.task(.longChoices(count: 12))) { try one.answerWords() }
        (one.answers, one.method, one.form) = (.names, .scoring, .chat)
        #expect(throws: TeacherError.task(.scoringNeedsCompletion)) { try one.answerWords() }
        var wrong = task(["one", "two"])
        wrong.examples = [LabelledExample(text: "x", label: "three")]
        #expect(throws: TeacherError.task(.unknownExampleLabel(label: "three", known: ["one", "two"]))) {
            try wrong.answerWords()
        }
    }
}
