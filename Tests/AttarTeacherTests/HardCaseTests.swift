import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct HardCaseTests {
    private var task: GenerationTask {
        var task = reviewTask
        task.aim = GenerationAim(labelWeights: [], hardShare: 0.6)
        return task
    }

    /// Writes a text of its own for each prompt; edits change the text that stands in the prompt.
    private static let answers = FaultEndpointAnswers(text: { prompt, seed in
        let parts = prompt.components(separatedBy: "As few words changed as possible")
        guard parts.count == 2, let source = parts[0].components(separatedBy: "Review: ").last else {
            return FaultEndpointAnswers.sentence(prompt, seed)
        }
        return " " + source.trimmingCharacters(in: .whitespacesAndNewlines).replacing(".", with: " not.")
    })

    private func generate(_ task: GenerationTask, concurrency: Int = 4) async throws -> [GeneratedText] {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start(answers: Self.answers)
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger) { $0.concurrency = concurrency })
        let texts = try await teacher.generate(try task.requests(count: 60), task: task)
        try await teacher.close()
        try await endpoint.stop()
        return texts
    }

    @Test func editsAreOfTextsThatWereWrittenForTheOtherLabel() async throws {
        let texts = try await generate(task)
        #expect(texts.map(\.request.index) == Array(0..<60))
        let edits = texts.filter { $0.request.source != nil }
        #expect((14...22).contains(edits.count))
        for edit in edits {
            let source = try #require(texts.first { $0.request.source == nil && $0.text == edit.request.source })
            #expect(source.request.label != edit.request.label)
            #expect(edit.text == edit.request.source?.replacing(".", with: " not."))
        }
        // Not the same one again and again.
        #expect(Set(edits.compactMap(\.request.source)).count == edits.count)
    }

    @Test func theOrderOfArrivalDoesNotMatter() async throws {
        #expect(try await generate(task, concurrency: 1) == (try await generate(task, concurrency: 16)))
    }

    @Test func seedsAreEditedFirst() async throws {
        var task = task
        task.seeds = [
            GenerationExample(text: "It sings.", label: "positive"),
            GenerationExample(text: "It rots.", label: "negative"),
        ]
        let texts = try await generate(task)
        let sources = texts.compactMap(\.request.source)
        #expect(sources.contains("It sings.") && sources.contains("It rots."))
    }

    @Test func withoutATextToEditANearMissIsAskedFor() async throws {
        var task = task
        task.leastCharacters = 10_000
        let texts = try await generate(task)
        #expect(texts.allSatisfy { $0.rejection == .tooShort && $0.request.source == nil })
        #expect(texts.contains { $0.request.isHard })
    }

    @Test(arguments: PromptForm.allCases) func promptsNameBothLabels(_ form: PromptForm) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        var task = task
        task.form = form
        let texts = try await teacher.generate(try task.requests(count: 40), task: task)
        let bodies = endpoint.calls.map { String(decoding: $0.body, as: UTF8.self) }
        for text in texts where text.request.source == nil {
            guard case .nearMiss(let other) = text.request.kind else { continue }
            let name = task.labels[other].name
            #expect(
                bodies.contains {
                    $0.contains(form == .chat ? "take it for “\(name)”" : "Easily taken for: \(name)")
                })
        }
        for source in texts.compactMap(\.request.source) { #expect(bodies.contains { $0.contains(source) }) }
        try await teacher.close()
        try await endpoint.stop()
    }
}
