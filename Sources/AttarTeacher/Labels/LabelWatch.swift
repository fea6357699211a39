import Synchronization

/// Looks out for a teacher that names no label at all: the rest of such a job is not worth its price.
final class LabelWatch: Sendable {
    /// Answers without a label, and none with one, after which no more are bought.
    static let patience = 50
    /// Fewer answers than these say nothing about the teacher.
    private static let least = 10

    private struct Seen {
        var namesLabels = false
        var silent = 0
        var said: [String] = []
    }
    private let model: String
    private let labels: [String]
    private let isPatient: Bool
    private let seen = Mutex(Seen())

    /// - Parameter isPatient: whether silence is no reason to stop.
    init(model: String, labels: [String], isPatient: Bool) {
        self.isPatient = isPatient
        self.model = model
        self.labels = labels
    }

    func note(_ settled: SettledAnswer, namesLabel: Bool) {
        guard !settled.answer.isRejected else { return }
        seen.withLock { seen in
            seen.namesLabels = seen.namesLabels || namesLabel
            guard !namesLabel else { return }
            seen.silent += 1
            let said = oneLine(settled.answer.text, limitCharacters: 40)
            if seen.said.count < 3, !seen.said.contains(said) { seen.said.append(said) }
        }
    }

    /// Throws `.noLabelNamed` once nothing but silence was bought.
    func checkBeforeNext() throws(TeacherError) { try check(least: Self.patience) }

    /// The same for a job that is done.
    func checkAtEnd() throws(TeacherError) { try check(least: Self.least) }

    private func check(least: Int) throws(TeacherError) {
        let seen = seen.withLock { $0 }
        guard !isPatient, !seen.namesLabels, seen.silent >= least else { return }
        throw .noLabelNamed(model: model, answers: seen.silent, said: seen.said, labels: labels)
    }
}
