import AttarStatistics
import Foundation

/// One way to ask for labels, as the lab tries it.
package struct LabelCandidate: Sendable, Hashable {
    package enum Examples: Sendable, Hashable {
        /// Those of the recipe.
        case own
        /// The same for all texts, drawn from the gold rows; the draw tells draws of one size apart.
        case fixed(count: Int, draw: Int)
        /// The gold rows nearest to each text.
        case nearest(Int)
    }

    package var form: PromptForm
    package var answers: LabelTask.AnswerForm
    package var method: LabelMethod?
    package var examples: Examples
    package var listsLabels: Bool?
    package var shortlist: Int?
    /// In place of the task's; nil keeps it.
    package var instruction: String?

    package init(
        form: PromptForm, answers: LabelTask.AnswerForm, method: LabelMethod? = nil, examples: Examples,
        listsLabels: Bool? = nil, shortlist: Int? = nil, instruction: String? = nil
    ) {
        self.form = form
        self.answers = answers
        self.method = method
        self.examples = examples
        self.listsLabels = listsLabels
        self.shortlist = shortlist
        self.instruction = instruction
    }

    /// In a few words: “completion, names, 4 examples, label scoring”.
    package var description: String {
        var parts = [form.rawValue, answers == .automatic ? "" : answers.rawValue]
        switch examples {
        case .own: parts.append("the recipe's examples")
        case .fixed(0, _): parts.append("no examples")
        case .fixed(let count, let draw): parts.append("\(count) examples (draw \(draw + 1))")
        case .nearest(let count): parts.append("\(count) nearest examples")
        }
        if let instruction { parts.append(instruction.isEmpty ? "no instruction" : "plain instruction") }
        if listsLabels == true { parts.append("labels listed") }
        if let shortlist { parts.append("shortlist of \(shortlist)") }
        if let method { parts.append(method.description) }
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

/// Gold rows that the lab may use: some to judge by, the others to take examples from.
package struct LabMaterial: Sendable {
    /// Rows that candidates are judged on, in an order whose every beginning has about equal shares of the labels.
    package let judged: [LabelledExample]
    private let pool: [LabelledExample]
    package let similar: SimilarExamples

    /// Examples cost tokens in every call: those longer than most are not drawn.
    private static let exampleLengthQuantile = 0.5

    /// - Parameter rows: how many to judge by; never more than half of what there is.
    package init(_ gold: [LabelledExample], rows: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var byLabel: [String: [LabelledExample]] = [:]
        for example in gold.shuffled(using: &random) { byLabel[example.label, default: []].append(example) }
        let labels = byLabel.keys.sorted().shuffled(using: &random)
        // One row of each label in turn.
        var turns: [LabelledExample] = []
        for turn in 0..<(byLabel.values.map(\.count).max() ?? 0) {
            for label in labels { if let row = byLabel[label]?.dropFirst(turn).first { turns.append(row) } }
        }
        let count = min(rows, gold.count / 2)
        judged = Array(turns.prefix(count))
        pool = Array(turns.dropFirst(count))
        similar = SimilarExamples(pool)
    }

    /// `count` examples with equal shares of the labels, short ones first choice.
    package func examples(count: Int, draw: Int, seed: UInt64) -> [LabelledExample] {
        guard count > 0 else { return [] }
        var random = SplitMix64(seed: seed &+ UInt64(draw) &* 0x9E37_79B9_7F4A_7C15)
        let limit = quantile(Self.exampleLengthQuantile, of: pool.map { Double($0.text.count) }) ?? .infinity
        var byLabel: [String: [LabelledExample]] = [:]
        for example in pool.shuffled(using: &random) where Double(example.text.count) <= limit {
            byLabel[example.label, default: []].append(example)
        }
        var chosen: [LabelledExample] = []
        let labels = byLabel.keys.sorted().shuffled(using: &random)
        for turn in 0..<count {
            let ordered = turn * labels.count < count ? labels : []
            for label in ordered where chosen.count < count {
                if let example = byLabel[label]?.dropFirst(turn).first { chosen.append(example) }
            }
        }
        return chosen.shuffled(using: &random)
    }
}

extension LabelCandidate {
    /// The task with this candidate's choices in place of its own.
    package func applied(to task: LabelTask, material: LabMaterial, seed: UInt64) -> LabelTask {
        var task = task
        task.form = form
        task.answers = answers
        task.method = method
        task.listsLabels = listsLabels
        task.shortlist = shortlist
        if let instruction { task.instruction = instruction }
        task.similar = material.similar
        switch examples {
        case .own: break
        case .fixed(let count, let draw):
            task.examples = material.examples(count: count, draw: draw, seed: seed)
            task.nearestExamples = 0
        case .nearest(let count):
            task.examples = []
            task.nearestExamples = count
        }
        return task
    }

    /// What is worth trying for a task, the likeliest to win first. The first is the recipe as it stands, the second
    /// the bare question.
    package static func candidates(for task: LabelTask, forms: [PromptForm], hasLogprobs: Bool) -> [LabelCandidate] {
        let own = LabelCandidate(
            form: task.form, answers: task.answers, method: task.method, examples: .own, listsLabels: task.listsLabels,
            shortlist: task.shortlist)
        let bare = LabelCandidate(
            form: task.form, answers: task.answers, examples: .fixed(count: 0, draw: 0), instruction: "")
        let few = task.labels.count <= 6
        // A recipe without an instruction gets one that names the labels.
        let instruction = task.instruction.isEmpty ? task.plainInstruction : nil
        // Fixed examples first: an endpoint reads them once for all texts.
        let examples: [Examples] =
            few
            ? [
                .fixed(count: 4, draw: 0), .fixed(count: 8, draw: 0), .fixed(count: 4, draw: 1),
                .fixed(count: 8, draw: 1), .fixed(count: 4, draw: 2), .fixed(count: 8, draw: 2),
                .fixed(count: 16, draw: 0), .nearest(4), .fixed(count: 8, draw: 3), .fixed(count: 16, draw: 1),
                .fixed(count: 0, draw: 0), .nearest(8),
            ] : [.nearest(8), .nearest(4), .nearest(16), .fixed(count: 0, draw: 0)]
        let shortlists: [Int?] = task.labels.count > 26 ? [8, nil, 16] : task.labels.count > 6 ? [nil, 5] : [nil]
        var all = [own, bare]
        for form in forms {
            for shortlist in shortlists {
                for (place, examples) in examples.enumerated() {
                    var candidate = LabelCandidate(
                        form: form, answers: .names, examples: examples, shortlist: shortlist,
                        instruction: instruction)
                    all.append(candidate)
                    // What the list and the letters are worth shows with one set of examples.
                    guard place == 0 else { continue }
                    candidate.listsLabels = true
                    all.append(candidate)
                    (candidate.listsLabels, candidate.answers) = (nil, .letters)
                    all.append(candidate)
                }
            }
        }
        if few {
            // The question alone, put plainly.
            for form in forms.reversed() {
                all.insert(
                    LabelCandidate(
                        form: form, answers: .names, examples: .fixed(count: 0, draw: 0),
                        instruction: task.plainInstruction), at: 2)
            }
        }
        // The lower rungs, to see what log-probabilities are worth: where there are some, they rarely win.
        for method in [LabelMethod.sampling, .hard] {
            all.append(
                LabelCandidate(form: task.form, answers: task.answers, method: method, examples: examples[0]))
        }
        var seen = Set<LabelCandidate>()
        return all.filter { candidate in
            guard seen.insert(candidate).inserted else { return false }
            var probe = task
            (probe.form, probe.answers, probe.method) = (candidate.form, candidate.answers, candidate.method)
            probe.shortlist = candidate.shortlist
            return (try? LabelPlan(probe, hasLogprobs: hasLogprobs)) != nil
        }
    }
}

extension LabelTask {
    /// “Is the sentiment of the review negative or positive?”; many labels are not named.
    var plainInstruction: String {
        let (text, answer) = (textHeading.lowercased(), answerHeading.lowercased())
        guard labels.count <= 10, let last = labels.last else { return "What is the \(answer) of the \(text)?" }
        let names = labels.dropLast().map(\.name).joined(separator: ", ")
        return "Is the \(answer) of the \(text) \(names) or \(last.name)?"
    }
}
