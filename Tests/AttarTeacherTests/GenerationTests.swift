import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct GenerationTests {
    @Test func requestsDependOnSeedAndIndexAlone() throws {
        let long = try reviewTask.requests(count: 200)
        #expect(Array(long.prefix(30)) == (try reviewTask.requests(count: 30)))
        var other = reviewTask
        other.seed += 1
        #expect(try other.requests(count: 200) != long)
        // Balanced, and every value of every list comes up.
        #expect(long.filter { $0.label == 0 }.count == 100)
        #expect(Set(long.map { $0.attributes[0] }) == ["tent", "router", "pillow", "haircut"])
        #expect(Set(long.filter { $0.label == 1 }.map { $0.attributes[1] }) == ["cross", "tired"])
    }

    @Test func badTasksAreRefused() {
        var task = reviewTask
        task.attributes.append(GenerationAttribute(name: "Length", values: []))
        #expect(throws: TeacherError.task(.emptyAttribute("Length"))) { try task.requests(count: 1) }
        task = reviewTask
        task.examples.append(GenerationExample(text: "x", label: "mixed"))
        #expect(throws: TeacherError.self) { try task.requests(count: 1) }
    }

    /// What is the same for all requests comes first, so that a prefix cache can hold it; what varies comes last.
    @Test(arguments: PromptForm.allCases) func fixedPartComesFirst(_ form: PromptForm) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        var task = reviewTask
        task.form = form
        let texts = try await teacher.generate(try task.requests(count: 20), task: task)
        #expect(texts.allSatisfy { $0.text != nil })
        let requests = try endpoint.calls.map { try JSONDecoder().decode(CompletionRequest.self, from: $0.body) }
        let prompts = requests.map { request in
            switch request.prompt {
            case .completion(let text): text
            case .chat(let messages): messages.map(\.content).joined(separator: "\n")
            case .embedding(let texts): texts.joined(separator: "\n")
            }
        }
        let shared = prompts.reduce(prompts[0]) { $0.commonPrefix(with: $1) }
        #expect(shared.contains("Never again."))
        #expect(prompts.allSatisfy { $0.contains("Product: kettle\nSentiment: negative") })
        // Every call is a draw of its own.
        #expect(Set(requests.compactMap(\.seed)).count == 20)
        #expect(requests.allSatisfy { $0.temperature == 0.9 && $0.stop == ["\n"] })
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Seeds vary from call to call, so they stand behind what does not.
    @Test(arguments: PromptForm.allCases) func seedsStandBehindTheExamples(_ form: PromptForm) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        var task = reviewTask
        task.form = form
        task.instruction = "Reviews of things."
        task.seeds = (0..<20).map {
            GenerationExample(text: "Seed \($0).", label: $0 % 2 == 0 ? "positive" : "negative")
        }
        task.seedExamples = 3
        let texts = try await teacher.generate(try task.requests(count: 20), task: task)
        for (text, call) in zip(texts, endpoint.calls.sorted { $0.number < $1.number }) where text.request.index == 0 {
            let body = String(decoding: call.body, as: UTF8.self)
            let places = try (["Never again."] + text.request.seeds.map { task.seeds[$0].text }).map {
                try #require(body.range(of: $0)).lowerBound
            }
            #expect(places == places.sorted())
        }
        let shown = Set(
            endpoint.calls.map { String(decoding: $0.body, as: UTF8.self).components(separatedBy: "Seed ").count })
        #expect(shown == [4])
        try await teacher.close()
        try await endpoint.stop()
    }

    /// A text that begins with a drawn opening carries it, and the model is asked to go on from it.
    @Test func openingIsPartOfTheText() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start(
            answers: FaultEndpointAnswers(text: { prompt, _ in
                prompt.hasSuffix(": The tent, I must say,") ? " broke at once." : "?"
            }))
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        var task = reviewTask
        task.attributes = [GenerationAttribute(name: "Product", values: ["tent"])]
        task.openings = GenerationAttribute(name: "opening", values: ["The {Product}, I must say,"])
        let texts = try await teacher.generate(try task.requests(count: 2), task: task)
        #expect(texts.map(\.text) == ["The tent, I must say, broke at once.", "The tent, I must say, broke at once."])
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test(arguments: [
        ("  \"It broke at once.\" ", "stop", "It broke at once."),
        ("“Lovely, just lovely.”", "stop", "Lovely, just lovely."),
        ("\"Lovely\" is what they call it.", "stop", "\"Lovely\" is what they call it."),
        ("\"It never closed the quote.", "stop", "It never closed the quote."),
        ("Review: It broke at once.", "stop", "It broke at once."),
        ("It works well. Product: router. Mood: cross.", "stop", "It works well."),
        ("It works well. And then I went to the", "length", "It works well."),
        ("Two\nlines\tof  text.", "stop", "Two lines of text."),
        ("Sure! Here is a review of a tent: It broke at once.", "stop", "It broke at once."),
        ("I can't help but love this tent.", "stop", "I can't help but love this tent."),
        ("I'm sorry to say that it broke at once.", "stop", "I'm sorry to say that it broke at once."),
    ])
    func textsAreCleaned(_ raw: String, finish: String, expected: String) async throws {
        let text = try await cleaned(raw, finish: finish)
        #expect(text.text == expected && text.rejection == nil)
    }

    @Test(arguments: [
        ("", "stop", GeneratedText.Rejection.empty), (" \n ", "stop", .empty), ("\"\"", "stop", .empty),
        ("Good.", "stop", .tooShort), ("!!!!!!!!!!!!", "stop", .tooShort),
        ("Product: tent. Mood: glad.", "stop", .echo), ("and so on and so on", "length", .cut),
        ("I'm sorry, but I can't assist with that request.", "stop", .refusal),
        ("As an AI language model, I have never used a tent.", "stop", .refusal),
        ("I’m not able to write negative reviews.", "stop", .refusal),
    ])
    func uselessAnswersAreCounted(_ raw: String, finish: String, reason: GeneratedText.Rejection) async throws {
        let text = try await cleaned(raw, finish: finish)
        #expect(text.text == nil && text.rejection == reason)
    }

    private func cleaned(_ raw: String, finish: String) async throws -> GeneratedText {
        let folder = try TemporaryFolder()
        let ending = finish
        let body = try JSONEncoder().encode(["text": raw, "finish_reason": ending])
        let answer = #"{"choices":[\#(String(decoding: body, as: UTF8.self))]}"#
        let endpoint = try await FaultEndpoint.start { _ in .body(status: 200, type: "application/json", answer) }
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let texts = try await teacher.generate(try reviewTask.requests(count: 1), task: reviewTask)
        try await teacher.close()
        try await endpoint.stop()
        return try #require(texts.first)
    }
}
