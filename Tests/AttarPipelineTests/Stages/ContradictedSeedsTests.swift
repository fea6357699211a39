import AttarData
import AttarPipeline
import AttarTestSupport
import Foundation
import Testing

@Suite("Seeds that the teacher reads otherwise")
struct ContradictedSeedsTests {
    /// The first `wrong` of 24 seeds have each the other label than the one that is told by their word.
    ///
    /// - Parameter areAllBad: of texts whose word is that of “bad” all; else in turn.
    private func notes(
        wrong: Int, areAllBad: Bool = false, includesLabelled: Bool = true
    ) async throws -> [String] {
        let endpoint = try await FaultEndpoint.start(
            answers: FaultEndpointAnswers(
                tokens: { prompt in
                    let asked = prompt.components(separatedBy: "Text: ").last ?? ""
                    let isGood = asked.contains("goodword")
                    return [(" good", isGood ? 0.9 : 0.1), (" bad", isGood ? 0.1 : 0.9)]
                },
                text: { prompt, seed in
                    let label =
                        (prompt.components(separatedBy: "Label: ").last ?? "").hasPrefix("good") ? "good" : "bad"
                    return
                        " This \(label)word thing has number \(FaultEndpointAnswers.hash(prompt + "#\(seed)") % 9973)."
                }))
        let fixture = try StageFixture()
        func isGood(_ index: Int) -> Bool { !areAllBad && index % 2 == 0 }
        let rows = invented(24) { isGood($0) != ($0 < wrong) ? "good" : "bad" }.enumerated().map { index, row in
            (text: row.text + (isGood(index) ? " goodword" : " badword"), label: row.label)
        }
        try fixture.folder.write(csv(rows), to: "train.csv")
        let record = try await fixture.run(
            """
            attar: 1
            labels: [good, bad]
            data: {labelled: ../train.csv}
            teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model}
            labelling: {prior-correction: false, include-labelled: \(includesLabelled)}
            synthesis: {texts: 20}

            """, until: .label)
        try await endpoint.stop()
        return record[.label]?.report?.notes ?? []
    }

    @Test("Labels that are wrong as a whole are said, with examples and what to do")
    func allWrong() async throws {
        let notes = try await notes(wrong: 24)
        let note = try #require(notes.first { $0.contains("24 of 24") }, "\(notes)")
        #expect(note.contains("attar dataset review") && note.contains("“good”, which the teacher takes for “bad”"))
        #expect(note.contains(TextRow.id(of: invented(1) { _ in "" }[0].text + " goodword")), "\(note)")
        #expect(note.contains("86 to 100 %"), "\(note)")
    }

    @Test(
        "A share above one half is said, and one below it is not",
        arguments: [(20, true), (12, false), (2, false), (0, false)])
    func share(wrong: Int, isSaid: Bool) async throws {
        let notes = try await notes(wrong: wrong)
        #expect(notes.contains { $0.contains("\(wrong) of 24") } == isSaid, "\(notes)")
    }

    @Test("One label whose texts are all read otherwise is said")
    func oneLabel() async throws {
        // A third of all texts, but all of one label.
        let notes = try await notes(wrong: 8, areAllBad: true)
        #expect(notes.contains { $0.contains("most texts of “good”") && $0.contains("8 of 8") }, "\(notes)")
    }

    @Test("Nothing is said of what the teacher was not asked")
    func notAsked() async throws {
        #expect(try await notes(wrong: 24, includesLabelled: false).isEmpty)
    }
}
