extension Teacher {
    /// The teacher's label probabilities for each text, in the texts' order, before any correction.
    ///
    /// Answers bought for one purpose are never used for the other: the purpose is part of a call's key. A text
    /// without content is not sent and has no answer.
    package func label(
        _ texts: [String], task: LabelTask, purpose: CallPurpose, hasLogprobs: Bool = true,
        progress: ProgressHandler? = nil
    ) async throws -> [LabelAnswer] {
        let prompt = try LabelPrompt(task, hasLogprobs: hasLogprobs)
        let asked = texts.indices.filter { texts[$0].contains { !$0.isWhitespace } }
        let asking = LabelAsking(
            teacher: self, prompt: prompt, texts: asked.map { texts[$0] }, task: task, purpose: purpose,
            progress: progress)
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

    /// Temperature of sampled answers: the model's own distribution.
    private static let samplingTemperature = 1.0
    /// Weight of the prior beside sampled answers, in answers.
    private static let samplingConcentration = 1.0
    /// The same for a single answer, which stands for more than one draw: it is the likeliest one.
    private static let hardConcentration = 0.1

    func answers(by method: LabelMethod) async throws -> [LabelAnswer] {
        switch method {
        case .tokens: try await tokens()
        case .scoring: try await scores()
        case .sampling:
            try await counted(
                draws: task.samples, temperature: Self.samplingTemperature, concentration: Self.samplingConcentration)
        case .hard: try await counted(draws: 1, temperature: 0, concentration: Self.hardConcentration)
        }
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
            return whole(LabelReader(words: question.words).read(settled.answer.firstTokens ?? []), question)
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
            let settled = try await teacher.answers(to: calls, progress: progress)
            for (origin, settled) in zip(origins, settled) {
                walks[origin.walk].absorb(settled.answer.firstTokens ?? [], after: origin.branch)
            }
        }
        return zip(walks, questions).map { whole($0.answer(), $1) }
    }

    private func counted(draws: Int, temperature: Double, concentration: Double) async throws -> [LabelAnswer] {
        let sendsSeed = teacher.configuration.sendsSeed && draws > 1
        let named = try await teacher.results(of: texts.count * draws, progress: progress) { index in
            let draw = index % draws
            return TeacherCall(
                request: prompt.question(about: texts[index / draws]).answerRequest(
                    model: model, temperature: temperature, seed: sendsSeed ? UInt32(draw + 1) : nil),
                purpose: purpose, draw: draw)
        } read: { index, settled -> Int? in
            prompt.question(about: texts[index / draws]).words.label(namedBy: settled.answer.text)
        }
        return texts.indices.map { index in
            let question = prompt.question(about: texts[index])
            var counts = [Int](repeating: 0, count: question.words.count)
            for label in named[index * draws..<(index + 1) * draws] { if let label { counts[label] += 1 } }
            return whole(LabelAnswer(counts: counts, total: draws, concentration: concentration), question)
        }
    }
}
