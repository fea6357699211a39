/// Everything that can go wrong between a recipe and its teacher. The text is made in `TeacherError+Description.swift`.
package enum TeacherError: Error, Equatable, Sendable {
    // The address and the key, found before anything is sent.
    case badEndpoint(String)
    case insecureEndpoint(String)
    case missingKey(variable: String)
    case unusableKey(variable: String)

    // The endpoint.
    case unreachable(endpoint: String, detail: String)
    case wrongPath(url: String)
    case redirected(from: String, to: String)
    case refused(status: Int, endpoint: String, keyVariable: String?)
    case unknownModel(model: String, endpoint: String, offered: [String])
    case rateLimited(endpoint: String, attempts: Int, retryAfterSeconds: Double?)
    case serverFailed(status: Int, endpoint: String, attempts: Int)
    case rejected(status: Int, endpoint: String, detail: String)
    case timedOut(endpoint: String, seconds: Double, attempts: Int)
    case disconnected(endpoint: String, attempts: Int)
    case notJSON(url: String, status: Int, kind: BodyKind)
    case malformedAnswer(endpoint: String, expected: String)
    case answerTooLarge(endpoint: String, limitBytes: Int)
    case formNotOffered(PromptForm, endpoint: String, detail: String, other: PromptForm?)
    case noLogprobs(model: String, endpoint: String)
    case noLabelNamed(model: String, answers: Int, said: [String], labels: [String])

    // The run.
    case budgetReached(Budget.Limit, Budget, spent: Amount, done: Int, total: Int)
    case notRecorded(missing: Int, total: Int, ledger: String)
    case ledger(path: String, LedgerProblem)
    case recording(file: String, line: Int, expected: String)
    case task(TaskProblem)

    /// What an answer that is not JSON looks like.
    package enum BodyKind: Equatable, Sendable { case html, empty, text, brokenJSON }

    package enum LedgerProblem: Equatable, Sendable {
        case notFound
        case notALedger
        case otherVersion(found: Int, expected: Int)
        case damaged(String)
        case busy
        case full
        case inputOutput
        case notWritable
        case purposeMismatch
        case other(String)
    }

    package enum TaskProblem: Equatable, Sendable {
        case tooFewLabels(Int)
        case tooManyLabels(count: Int, limit: Int)
        case emptyLabel
        case repeatedLabel(String)
        case repeatedSpelling(String, label: String)
        case unknownExampleLabel(label: String, known: [String])
        case sharedAnswers([String])
        case longChoices(count: Int)
        case scoringNeedsCompletion
        case emptyAttribute(String)
        case nothingToWrite(label: String)
    }
}
