import AttarData
import AttarEvaluation
import AttarRuntime
import AttarTestSupport
import Foundation
import Testing

@Suite struct HeldOutSetTests {
    private let folder = try! TemporaryFolder()

    private func open(
        _ text: String, labels: [String] = ["good", "bad"], columns: [String] = [], record: () throws -> Void = {}
    ) throws -> HeldOutSet {
        let path = try folder.write(Array(text.utf8), to: "rows.csv")
        return try HeldOutSet(
            opening: URL(filePath: path), shownPath: "rows.csv", textColumn: "text", labelColumn: "label",
            labels: labels, columns: columns, record: record)
    }

    private struct Refused: Error {}

    @Test func nothingIsReadBeforeTheOpeningIsWrittenDown() throws {
        // The file is no table: reading it would throw something else.
        #expect(throws: Refused.self) { try open("\"", record: { throw Refused() }) }
        var openings = 0
        #expect(throws: DataError.self) { try open("\"", record: { openings += 1 }) }
        #expect(openings == 1)
    }

    @Test func systemsGetTheTextsInTheirOrder() throws {
        let set = try open("text,label\nfirst,good\nsecond,bad\n")
        #expect(set.answers { $0 } == ["first", "second"])
        #expect(set.count == 2)
    }

    @Test(
        "Rows that cannot be judged are refused by name and line",
        arguments: [
            (
                "text,label\na,good\nb,godo\n",
                "rows.csv:3: “godo” is not one of the labels of the model (good, bad); did you mean “good”?"
            ),
            (
                "text,label\na,\n",
                "rows.csv:2: expected a label in column “label”; the cell is empty. Held-out rows need their right label"
            ),
        ])
    func refused(text: String, message: String) throws {
        let error = #expect(throws: HeldOutError.self) { try open(text) }
        #expect(error.map { "\($0)" } == message)
    }

    @Test func aMissingColumnIsNamed() throws {
        let error = #expect(throws: DataError.self) { try open("text,label\na,good\n", columns: ["source"]) }
        #expect(error.map { "\($0)" }?.contains("no column “source”") == true)
    }

    @Test func theFingerprintKnowsTheTextsOfAllSets() throws {
        let one = try open("text,label\nthe kettle leaks at the handle,bad\n")
        let two = try open("text,label\nit boils water in a minute flat,good\n")
        let fingerprint = HeldOutSet.fingerprint(of: [one, two])
        #expect(fingerprint.count == 2)
        #expect(
            fingerprint.knows("The kettle leaks at the handle!") && fingerprint.knows("it boils water in a minute flat")
        )
        #expect(!fingerprint.knows("nothing of the kind was ever said here"))
    }

    @Test func figuresAreOfTheRowsGiven() throws {
        let set = try open("text,label\na,good\nb,bad\nc,bad\n")
        var input = Invented.small(
            gold: [], labelCount: 2, probabilities: Invented.certain([0, 1, 0], labelCount: 2))
        input.labels = []
        let report = try set.evaluate(input)
        #expect(report.labels == ["good", "bad"])
        #expect(report.subjectFigures?.correct == 2)
        #expect(report.heldOutRows == 3)
    }

    @Test("The worst part of the rows is found by its column, and named")
    func worstSlice() throws {
        // Of 400 rows, those of one shop are wrong half of the time, the others one in twenty.
        var table = "text,label,shop\n"
        var answers: [Int] = []
        for row in 0..<400 {
            let shop = ["north", "south", "east", "west"][row / 100]
            table += "message number \(row),\(row % 2 == 0 ? "good" : "bad"),\(shop)\n"
            let isWrong = shop == "east" ? row % 4 < 2 : row % 20 == 0
            answers.append(isWrong ? 1 - row % 2 : row % 2)
        }
        let set = try open(table, columns: ["shop"])
        let found = try #require(
            set.worstSlices(Invented.certain(answers, labelCount: 2), options: EvaluationOptions()))
        let worst = try #require(found.slices.first)
        #expect(worst.by == "shop" && worst.name == "east" && worst.rows == 100)
        #expect(worst.adjustedProbability < 1e-6)
        #expect(found.slices.dropFirst().allSatisfy { $0.by != "shop" || $0.adjustedProbability > found.level })
        // Four shops and two labels; all texts are of one length.
        #expect(found.examined == 6)
    }
}

@Suite struct PerturbationTests {
    private let text = "Returned the second kettle today, because its handle broke again!"

    @Test(arguments: Perturbation.allCases)
    func theSameSeedGivesTheSameText(_ perturbation: Perturbation) {
        for seed in UInt64(0)..<20 {
            #expect(perturbation.applied(to: text, seed: seed) == perturbation.applied(to: text, seed: seed))
        }
        #expect(perturbation.applied(to: "", seed: 1) == "")
    }

    @Test func eachDoesWhatItsNameSays() {
        #expect(Perturbation.capitals.applied(to: text, seed: 0) == text.uppercased())
        #expect(Perturbation.lowerCase.applied(to: text, seed: 0) == text.lowercased())
        #expect(
            Perturbation.withoutPunctuation.applied(to: text, seed: 0)
                == "Returned the second kettle today because its handle broke again")
        #expect(Perturbation.cut.applied(to: text, seed: 0) == "Returned the second kettle today,")
        #expect(Perturbation.cut.applied(to: "one", seed: 0) == "one")
    }

    @Test func aboutOneLongWordInFiveHasATypo() {
        let words = (0..<5000).map { "wordnumber\($0)" }
        let damaged = Perturbation.typos.applied(to: words.joined(separator: " "), seed: 3).split(separator: " ")
        #expect(damaged.count == words.count)
        let changed = zip(words, damaged).count { $0.0 != $0.1 }
        // Five standard deviations around 1,000; a swap of equal letters changes nothing.
        #expect((850...1150).contains(changed))
        #expect(Perturbation.typos.applied(to: "a an the it", seed: 9) == "a an the it")
    }
}
