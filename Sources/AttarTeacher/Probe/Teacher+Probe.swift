import Foundation

extension Teacher {
    /// Finds out what the endpoint does, so that what cannot work is said before anything is spent. Some ten calls of a
    /// few tokens for each form; they count against the budget and are kept in the ledger, so a second probe of the same
    /// endpoint is free.
    ///
    /// Offline there is nothing to find out. Throws the `TeacherError` that says what is wrong.
    /// - Parameters:
    ///   - forms: of prompts to try; embeddings are tried beside both, or, where there are none, alone.
    ///   - measuresSpeed: also time some twenty one-token calls, 1, 4 and 8 in flight. None that the ledger answers.
    ///   - repetition: another number asks everything anew.
    package func probe(
        forms: [PromptForm] = PromptForm.allCases, measuresSpeed: Bool = true, repetition: Int = 0
    ) async throws -> TeacherProbe? {
        guard let client else { return nil }
        var probing = Probing(teacher: self, client: client, repetition: repetition)
        return try await probing.run(forms: forms, measuresSpeed: measuresSpeed)
    }

    /// Probes one form of prompts and throws what keeps a run from working.
    @discardableResult
    package func check(form: PromptForm, needsLogprobs: Bool = true) async throws -> TeacherProbe? {
        let probe = try await probe(forms: [form], measuresSpeed: false)
        try probe?.verify(form: form, needsLogprobs: needsLogprobs)
        return probe
    }
}

private struct Probing {
    let teacher: Teacher
    let client: EndpointClient
    let model: String
    /// Part of the keys: what one endpoint does says nothing about another with a model of the same name.
    let firstDraw: Int
    var probe: TeacherProbe
    var failure: TeacherError?

    init(teacher: Teacher, client: EndpointClient, repetition: Int) {
        self.teacher = teacher
        self.client = client
        model = teacher.configuration.model
        let hash = client.address.shown.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        firstDraw = Int(hash >> 16) &+ repetition &* 16
        probe = TeacherProbe(endpoint: client.address.shown, model: model)
    }

    mutating func run(forms: [PromptForm], measuresSpeed: Bool) async throws -> TeacherProbe {
        let listed = try await listedModels()
        guard !forms.isEmpty else {
            try await findEmbeddings()
            if probe.embeddingWidth == nil, let failure { throw failure }
            return probe
        }
        for form in forms { probe[form] = try await found(form) }
        guard let form = forms.first(where: { probe[$0] != nil }) else {
            if let failure, forms.count > 1 || !failure.mayConcernTheForm { throw failure }
            return probe
        }
        if forms.count > 1 { try await findEmbeddings() }
        probe.cachedTokens = try await cachedTokens(form)
        probe.contextTokens = try await contextTokens(listed, form)
        if measuresSpeed {
            for inFlight in [1, 4, 8] {
                if let speed = try await speed(form, inFlight: inFlight) { probe.speeds.append(speed) }
            }
        }
        probe.rates = teacher.governor.rates
        return probe
    }

    /// A server with one model answers whatever name it is called by; what it says would then be filed under the wrong
    /// name. Longer lists need not be complete: there the call itself tells.
    private mutating func listedModels() async throws -> [EndpointClient.ListedModel]? {
        do {
            let listed = try await client.listedModels()
            probe.offeredModels = listed?.map(\.name)
            if let offered = probe.offeredModels, offered.count == 1, offered != [model] {
                throw TeacherError.unknownModel(model: model, endpoint: client.address.shown, offered: offered)
            }
            return listed
        } catch let failure as AttemptFailure {
            switch failure {
            case .final, .noConnection:
                throw await teacher.error(
                    from: failure, attempts: 1,
                    call: TeacherCall(request: request(.chat, "", tokens: 1), purpose: .probe), client: client)
            default:
                // Not every endpoint keeps a list.
                return nil
            }
        }
    }

    // MARK: - One form

    private mutating func found(_ form: PromptForm) async throws -> TeacherProbe.Form? {
        var found = TeacherProbe.Form()
        let plain = "Question: Is ice cold? Yes or no?\nAnswer:"
        var first: ProbeAnswer?
        for most in [20, 10, 5, 1] {
            first = try await ask(request(form, plain, tokens: 1, topLogprobs: most))
            guard first != nil else { continue }
            if most < 20 { found.logprobsLimit = most }
            break
        }
        if let first {
            found.logprobs = first.logprobs
            if let listed = first.logprobs, listed.most == 20,
                let more = try await ask(request(form, plain, tokens: 1, topLogprobs: 100))?.logprobs
            {
                found.logprobs = more.most > listed.most ? more : listed
            }
        } else {
            guard try await ask(request(form, plain, tokens: 1), noting: form.rawValue) != nil else { return nil }
        }
        var several = request(form, Self.open, tokens: 2, temperature: 1)
        for count in Self.choices {
            several.options["n"] = .integer(count)
            let given = try await ask(several)?.texts.count
            found.choicesPerCall = max(given ?? 1, 1)
            if given != nil { break }
        }
        found.honoursSeed = try await honoursSeed(form)
        found.honoursSchema = try await honoursSchema(form)
        return found
    }

    /// Answers to ask for in one call: some endpoints take a few only.
    private static let choices = [8, 4, 2]

    /// A beginning that can go on in many ways.
    private static let open = "A list of ten words that have nothing to do with one another:"

    private func honoursSeed(_ form: PromptForm) async throws -> Bool? {
        guard teacher.configuration.sendsSeed else { return nil }
        var texts: [String] = []
        for (draw, seed) in [(0, 11), (1, 11), (0, 12), (0, 13)] as [(Int, UInt32)] {
            var sampled = request(form, Self.open, tokens: 12, temperature: 1)
            sampled.seed = seed
            guard let text = try await ask(sampled, draw: draw)?.texts.first else { return false }
            texts.append(text)
        }
        if texts[0] != texts[1] { return false }
        return texts[2] != texts[0] || texts[3] != texts[0] ? true : nil
    }

    private func honoursSchema(_ form: PromptForm) async throws -> Bool {
        var asked = request(form, "Is ice cold? Answer with JSON.", tokens: 24)
        let schema: RequestValue = [
            "type": "object", "properties": ["verdict": ["type": "string", "enum": ["certainly", "never"]]],
            "required": ["verdict"], "additionalProperties": false,
        ]
        asked.options["response_format"] = [
            "type": "json_schema", "json_schema": ["name": "verdict", "strict": true, "schema": schema],
        ]
        struct Verdict: Decodable { let verdict: String }
        guard let text = try await ask(asked)?.texts.first,
            let verdict = try? JSONDecoder().decode(Verdict.self, from: Data(text.utf8))
        else { return false }
        return ["certainly", "never"].contains(verdict.verdict)
    }

    // MARK: - The endpoint as a whole

    private mutating func findEmbeddings() async throws {
        struct Vectors: Decodable {
            struct Vector: Decodable { let embedding: [Double] }
            let data: [Vector]
        }
        let answer = try await ask(.embedding(model: model, texts: ["ice", "fire"]), noting: "embeddings")
        guard let body = answer?.body, let vectors = try? JSONDecoder().decode(Vectors.self, from: body) else { return }
        probe.embeddingWidth = vectors.data.first?.embedding.count
    }

    private func cachedTokens(_ form: PromptForm) async throws -> Int? {
        // The endpoint's name makes the beginning one that no other run has put into the cache.
        let fixed = "\(firstDraw) " + String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 20)
        _ = try await ask(request(form, fixed + "One.", tokens: 1))
        return try await ask(request(form, fixed + "Two.", tokens: 1))?.cachedTokens
    }

    private func contextTokens(_ listed: [EndpointClient.ListedModel]?, _ form: PromptForm) async throws -> Int? {
        if let told = try? await client.slotContext() { return told }
        if let told = listed?.first(where: { $0.name == model })?.contextTokens { return told }
        // Hosts refuse, at no cost, to write more than the context holds, and say how much that is. One that agrees is
        // stopped at the first word.
        var asked = request(form, "Say yes.", tokens: 20_000_000)
        asked.stop = [" ", ".", "\n", ","]
        do {
            _ = try await teacher.answers(to: [call(asked, draw: 0)])
            return nil
        } catch TeacherError.rejected(_, _, let detail) {
            let numbers = detail.matches(of: /(?:context|n_ctx)\D{0,60}?(\d{3,8})/).compactMap { Int($0.1) }
            return numbers.first { $0 < 20_000_000 }
        } catch let error as TeacherError where !error.endsTheProbe {
            return nil
        } catch TeacherError.budgetReached {
            // The limit is too small to ask for so much.
            return nil
        }
    }

    private func speed(_ form: PromptForm, inFlight: Int) async throws -> TeacherProbe.Speed? {
        let reusedBefore = teacher.spending.reusedCalls
        let start = teacher.surroundings.now()
        let calls = max(inFlight, 2)
        let seconds = try await withThrowingTaskGroup(of: [Double].self) { group in
            for lane in 0..<inFlight {
                group.addTask {
                    var seconds: [Double] = []
                    for number in stride(from: lane, to: calls, by: inFlight) {
                        let begun = teacher.surroundings.now()
                        let text = "Question: Is \(inFlight) more than \(number)?\nAnswer:"
                        _ = try await teacher.answers(to: [call(request(form, text, tokens: 1), draw: 0)])
                        seconds.append(teacher.surroundings.now() - begun)
                    }
                    return seconds
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        guard teacher.spending.reusedCalls == reusedBefore, !seconds.isEmpty else { return nil }
        let total = teacher.surroundings.now() - start
        return TeacherProbe.Speed(
            inFlight: inFlight, medianSeconds: seconds[seconds.count / 2],
            callsPerSecond: total > 0 ? Double(calls) / total : 0)
    }

    // MARK: - Asking

    private func request(
        _ form: PromptForm, _ text: String, tokens: Int, temperature: Double = 0, topLogprobs: Int? = nil
    ) -> CompletionRequest {
        CompletionRequest(
            model: model, prompt: form == .chat ? .chat([.init(role: "user", content: text)]) : .completion(text),
            maxTokens: tokens, temperature: temperature, topLogprobs: topLogprobs)
    }

    private func call(_ request: CompletionRequest, draw: Int) -> TeacherCall {
        TeacherCall(request: request, purpose: .probe, draw: firstDraw &+ draw, keepsBody: true)
    }

    /// `nil` if the endpoint does not do this; throws where nothing would work.
    private func ask(_ request: CompletionRequest, draw: Int = 0) async throws -> ProbeAnswer? {
        do {
            let answers = try await teacher.answers(to: [call(request, draw: draw)])
            return answers.first?.answer.body.flatMap(ProbeAnswer.init)
        } catch let error as TeacherError where !error.endsTheProbe {
            return nil
        }
    }

    /// As `ask`, but remembers what was said where it does not work.
    private mutating func ask(_ request: CompletionRequest, noting name: String) async throws -> ProbeAnswer? {
        do {
            let answers = try await teacher.answers(to: [call(request, draw: 0)])
            return answers.first?.answer.body.flatMap(ProbeAnswer.init)
        } catch let error as TeacherError where !error.endsTheProbe {
            failure = failure ?? error
            probe.problems[name] = error.shortened
            return nil
        }
    }
}

extension TeacherError {
    /// Whether the endpoint, or this run, can do nothing at all; anything else says that one thing is not offered.
    fileprivate var endsTheProbe: Bool {
        switch self {
        case .rejected, .wrongPath, .malformedAnswer, .serverFailed, .timedOut, .disconnected, .answerTooLarge,
            .notJSON:
            false
        default: true
        }
    }

    /// Whether another form of prompts may work.
    fileprivate var mayConcernTheForm: Bool {
        if case .rejected = self { return true }
        return false
    }

    fileprivate var shortened: String {
        switch self {
        case .rejected(let status, _, let detail): detail.isEmpty ? "\(status)" : "\(status): \(detail)"
        case .wrongPath: "404"
        case .serverFailed(let status, _, _): "\(status)"
        default: description
        }
    }
}
