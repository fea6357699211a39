import Synchronization

/// Looks out for a teacher that names no label at all, or gives none of the log-probabilities that it is asked for: the
/// rest of such a job is not worth its price. Single answers of that kind are rows without an answer.
final class LabelWatch: Sendable {
    /// Answers without a label, and none with one, after which no more are bought.
    static let patience = 50
    /// Fewer answers than these say nothing about the teacher.
    private static let least = 10
    /// Answers without log-probabilities, and none with them, after which no more are bought.
    private static let leastBare = 3

    private struct Seen {
        var namesLabels = false
        var listsTokens = false
        var silent = 0
        var bare = 0
        var said: [String] = []
    }
    private let model: String
    private let endpoint: String
    private let labels: [String]
    private let isPatient: Bool
    private let seen = Mutex(Seen())

    /// - Parameter isPatient: whether silence is no reason to stop.
    init(_ configuration: TeacherConfiguration, labels: [String], isPatient: Bool) {
        model = configuration.model
        endpoint = TeacherProbe.shown(configuration.endpoint)
        self.labels = labels
        self.isPatient = isPatient
    }

    /// - Parameter wantsTokens: whether the call asked for log-probabilities.
    func note(_ settled: SettledAnswer, namesLabel: Bool, wantsTokens: Bool) {
        guard !settled.answer.isRejected else { return }
        seen.withLock { seen in
            seen.namesLabels = seen.namesLabels || namesLabel
            if wantsTokens, settled.answer.firstTokens == nil { seen.bare += 1 } else { seen.listsTokens = true }
            guard !namesLabel else { return }
            seen.silent += 1
            let said = oneLine(settled.answer.text, limitCharacters: 40)
            if seen.said.count < 3, !seen.said.contains(said) { seen.said.append(said) }
        }
    }

    /// Throws `.noLogprobs` or `.noLabelNamed` once nothing but these was bought.
    func checkBeforeNext() throws(TeacherError) { try check(least: Self.patience, leastBare: Self.leastBare) }

    /// The same for a job that is done.
    func checkAtEnd() throws(TeacherError) { try check(least: Self.least, leastBare: 1) }

    private func check(least: Int, leastBare: Int) throws(TeacherError) {
        let seen = seen.withLock { $0 }
        if !seen.listsTokens, seen.bare >= leastBare { throw .noLogprobs(model: model, endpoint: endpoint) }
        guard !isPatient, !seen.namesLabels, seen.silent >= least else { return }
        throw .noLabelNamed(model: model, answers: seen.silent, said: seen.said, labels: labels)
    }
}
