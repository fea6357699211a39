extension Teacher {
    /// The teacher's label probabilities for each text, in the texts' order, before any correction.
    ///
    /// Answers bought for one purpose are never used for the other: the purpose is part of a call's key. A text
    /// without content is not sent and has no answer. Throws `TeacherError.noLabelNamed` where the teacher names no label at
    /// all, early enough to spare the price of the rest.
    ///
    /// - Parameter mayBeSilent: go on without an error where it names none.
    package func label(
        _ texts: [String], task: LabelTask, purpose: CallPurpose, hasLogprobs: Bool = true, mayBeSilent: Bool = false,
        progress: ProgressHandler? = nil
    ) async throws -> [LabelAnswer] {
        let prompt = try LabelPrompt(task, hasLogprobs: hasLogprobs)
        let asked = texts.indices.filter { texts[$0].contains { !$0.isWhitespace } }
        let asking = LabelAsking(
            teacher: self, prompt: prompt, texts: asked.map { texts[$0] }, task: task, purpose: purpose,
            progress: progress,
            watch: LabelWatch(configuration, labels: task.labels.map(\.name), isPatient: mayBeSilent))
        var answers = [LabelAnswer](repeating: .none(labels: task.labels.count), count: texts.count)
        for (index, answer) in zip(asked, try await asking.answers(by: prompt.plan.method)) { answers[index] = answer }
        return answers
    }
}

extension LabelTask {
    /// What the labels that a shortlist leaves out may hold together.
    static let shareOutsideShortlist = 0.02
}

/// The calls of one labelling job, rung by rung. Every text has content.
private struct LabelAsking: Sendable {
    let teacher: Teacher
    let prompt: LabelPrompt
    let texts: [String]
    let task: LabelTask
    let purpose: CallPurpose
    let progress: ProgressHandler?
    let watch: LabelWatch

    /// Temperature of sampled answers: the model's own distribution.
    private static let samplingTemperature = 1.0
    /// Weight of the prior beside sampled answers, in answers.
    private static let samplingConcentration = 1.0
    /// The same for a single answer, which stands for more than one draw: it is the likeliest one.
    private static let hardConcentration = 0.1

    func answers(by method: LabelMethod) async throws -> [LabelAnswer] {
        let answers =
            switch method {
            case .tokens: try await tokens()
            case .scoring: try await scores()
            case .sampling: try await sampled()
            case .hard:
                try await counted(
                    draws: 1, perCall: 1, temperature: 0, concentration: Self.hardConcentration)
            }
        try watch.checkAtEnd()
        return answers
    }

    private var model: String { teacher.configuration.model }

    private var topLogprobs: Int { task.topLogprobs ?? teacher.configuration.topLogprobs }

    private func whole(_ answer: LabelAnswer, _ question: LabelQuestion) -> LabelAnswer {
        answer.spread(
            over: task.labels.count, candidates: question.candidates, outsideShare: LabelTask.shareOutsideShortlist)
    }

    /// Questions are laid out anew where they are needed: those of a large pool do not fit in memory at once.
    private func tokens() async throws -> [LabelAnswer] {
        try await teacher.results(of: texts.count, progress: progress) { index in
            TeacherCall(
                request: prompt.question(about: texts[index]).tokenRequest(model: model, topLogprobs: topLogprobs),
                purpose: purpose, subject: texts[index])
        } read: { index, settled in
            let question = prompt.question(about: texts[index])
            let answer = LabelReader(words: question.words).read(settled.answer.firstTokens ?? [])
            watch.note(settled, namesLabel: answer.isAnswered, wantsTokens: true)
            return whole(answer, question)
        } watch: {
            try watch.checkBeforeNext()
        }
    }

    /// Walks the labels of all texts at once, one token further in each round.
    private func scores() async throws -> [LabelAnswer] {
        let questions = texts.map { prompt.question(about: $0) }
        var walks = questions.map { LabelWalk(words: $0.words, callLimit: max(task.scoringCalls, 1)) }
        while true {
            var calls: [TeacherCall] = []
            var origins: [(walk: Int, branch: LabelWalk.Branch)] = []
            for index in walks.indices {
                for branch in walks[index].takeBranches() {
                    let request = questions[index].tokenRequest(
                        after: branch.written, model: model, topLogprobs: topLogprobs)
                    calls.append(TeacherCall(request: request, purpose: purpose))
                    origins.append((index, branch))
                }
            }
            guard !calls.isEmpty else { break }
            let settled = try await teacher.results(of: calls.count, progress: progress) {
                [calls] in
                calls[$0]
            } read: { [origins] index, settled in
                let (walk, branch) = origins[index]
                let tokens = settled.answer.firstTokens ?? []
                if branch.written.isEmpty {
                    watch.note(
                        settled, namesLabel: LabelWalk.names(questions[walk].words, tokens), wantsTokens: true)
                }
                return tokens
            } watch: {
                try watch.checkBeforeNext()
            }
            for (origin, tokens) in zip(origins, settled) {
                walks[origin.walk].absorb(tokens, after: origin.branch)
            }
        }
        return zip(walks, questions).map { whole($0.answer(), $1) }
    }

    /// Where it is not known how many answers came in one call, the ledger is looked through for each way.
    private func sampled() async throws -> [LabelAnswer] {
        func counted(perCall: Int) async throws -> [LabelAnswer] {
            try await self.counted(
                draws: task.samples, perCall: perCall, temperature: Self.samplingTemperature,
                concentration: Self.samplingConcentration)
        }
        if let perCall = task.samplesPerCall { return try await counted(perCall: perCall) }
        let isReplay = teacher.client == nil && !teacher.configuration.isPlanning
        for perCall in [8, 4, 2] where isReplay && task.samples > 1 {
            do {
                return try await counted(perCall: min(perCall, task.samples))
            } catch TeacherError.notRecorded {
                continue
            }
        }
        return try await counted(perCall: 1)
    }

    private func counted(
        draws: Int, perCall: Int, temperature: Double, concentration: Double
    ) async throws -> [LabelAnswer] {
        let perCall = max(min(perCall, draws), 1)
        let calls = (draws + perCall - 1) / perCall
        let sendsSeed = teacher.configuration.sendsSeed && draws > 1
        let named = try await teacher.results(of: texts.count * calls, progress: progress) { index in
            let first = index % calls * perCall
            return TeacherCall(
                request: prompt.question(about: texts[index / calls]).answerRequest(
                    model: model, temperature: temperature, seed: sendsSeed ? UInt32(first + 1) : nil,
                    choices: min(perCall, draws - first)),
                purpose: purpose, draw: index % calls)
        } read: { index, settled -> [Int?] in
            let words = prompt.question(about: texts[index / calls]).words
            let labels = ([settled.answer.text] + (settled.answer.otherTexts ?? [])).map { words.label(namedBy: $0) }
            watch.note(settled, namesLabel: labels.contains { $0 != nil }, wantsTokens: false)
            return labels
        } watch: {
            try watch.checkBeforeNext()
        }
        return texts.indices.map { index in
            let question = prompt.question(about: texts[index])
            let given = named[index * calls..<(index + 1) * calls].joined()
            var counts = [Int](repeating: 0, count: question.words.count)
            for case let label? in given { counts[label] += 1 }
            return whole(LabelAnswer(counts: counts, total: given.count, concentration: concentration), question)
        }
    }
}
