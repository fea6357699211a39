import Foundation

extension TeacherError: CustomStringConvertible, LocalizedError {
    package var errorDescription: String? { description }

    package var description: String {
        switch self {
        case .badEndpoint(let text):
            return "teacher.endpoint: “\(text)” is no address of an API. Expected something like https://host/v1."
        case .insecureEndpoint(let host):
            return "teacher.endpoint: \(host) is reached over plain HTTP, which is allowed on this machine only"
                + " (127.0.0.1, ::1, localhost). Use https://."
        case .missingKey(let variable):
            return "teacher.api-key-env: the environment variable \(variable) is not set or empty."
                + " Set it to the key (export \(variable)=…), or remove api-key-env if the endpoint needs none."
        case .unusableKey(let variable):
            return
                "teacher.api-key-env: the value of \(variable) holds a line break or another character that no key has."
                + " Set it again without."
        case .unreachable(let endpoint, let detail):
            return "The teacher at \(endpoint) cannot be reached (\(detail))."
                + " Is it running, and is teacher.endpoint right? For the local one: scripts/local-teacher start."
        case .wrongPath(let url):
            return "\(url) does not exist on the teacher's host (404)."
                + " Check the path in teacher.endpoint; it usually ends in /v1."
                + (url.hasSuffix("/chat/completions") || !url.hasSuffix("/completions")
                    ? "" : " Many hosts take chat prompts only: teacher.prompt-form: chat.")
        case .redirected(let from, let to):
            return
                "The teacher at \(from) redirects to \(to), which is not followed: a key must reach the host that you named"
                + " and no other. If you trust the new address, set teacher.endpoint to it."
        case .refused(let status, let endpoint, let variable):
            let key = variable.map { "the key in the environment variable \($0)" } ?? "a call without a key"
            let remedy =
                variable == nil
                ? "Name the variable that holds your key in teacher.api-key-env."
                : "Check that the key is valid for this endpoint and may use the model."
            return "The teacher at \(endpoint) refused \(key) (\(status)). \(remedy)"
        case .unknownModel(let model, let endpoint, let offered):
            let list =
                offered.isEmpty
                ? "It does not say which models it has."
                : "It offers: \(offered.prefix(20).joined(separator: ", "))\(offered.count > 20 ? ", …" : "")."
            return "The teacher at \(endpoint) does not know the model “\(model)”. \(list) Set teacher.model."
        case .rateLimited(let endpoint, let attempts, let wait):
            let hint = wait.map { " It asks to wait \(Int($0.rounded(.up))) s." } ?? ""
            return
                "The teacher at \(endpoint) answered “too many requests” (429) to \(attempts) attempts in a row.\(hint)"
                + " Lower teacher.concurrency or check the account's quota, then run again. \(Self.kept)"
        case .serverFailed(let status, let endpoint, let attempts):
            return "The teacher at \(endpoint) failed (\(status)) in \(attempts) attempts. The fault is on its side:"
                + " run again later. \(Self.kept)"
        case .rejected(let status, let endpoint, let detail):
            return "The teacher at \(endpoint) rejects the request (\(status)\(detail.isEmpty ? "" : ": " + detail))."
                + " The model or endpoint may not support an option that the recipe uses."
        case .timedOut(let endpoint, let seconds, let attempts):
            return "The teacher at \(endpoint) gave no full answer within \(Self.figure(seconds)) s, \(attempts) times."
                + " Raise teacher.timeout-seconds or lower teacher.concurrency, then run again. \(Self.kept)"
        case .disconnected(let endpoint, let attempts):
            return "The teacher at \(endpoint) broke the connection before the answer was complete, \(attempts) times."
                + " Is it still running? Run again. \(Self.kept)"
        case .notJSON(let url, let status, let kind):
            return "\(url) answered (\(status)) with \(kind), not JSON."
                + " Is teacher.endpoint the address of the API rather than of a web page? It usually ends in /v1."
        case .malformedAnswer(let endpoint, let expected):
            return "The teacher at \(endpoint) answered with JSON of another shape: expected \(expected)."
                + " Is it an OpenAI-compatible API?"
        case .answerTooLarge(let endpoint, let limit):
            return "The teacher at \(endpoint) sent more than \(limit) bytes for one answer; reading stopped there."
                + " Is teacher.endpoint right, and is max-tokens set?"
        case .formNotOffered(let form, let endpoint, let detail, let other):
            let words = detail.isEmpty ? "" : " (\(detail))"
            let remedy = other.map {
                " It does take \($0.rawValue) prompts: set teacher.prompt-form to \($0.rawValue)."
            }
            return "The teacher at \(endpoint) takes no \(form.rawValue) prompts\(words).\(remedy ?? "")"
        case .noLogprobs(let model, let endpoint):
            return
                "The teacher at \(endpoint) answers without log-probabilities for “\(model)”, and labels are made from them."
                + " Use an endpoint or model that returns logprobs (llama.cpp, vLLM and OpenAI do)."
        case .noLabelNamed(let model, let answers, let said, let labels):
            return "“\(model)” named no label in \(answers) answers. It said \(Self.quoted(said)); expected one of "
                + "\(Self.quoted(labels.prefix(8)))\(labels.count > 8 ? ", …" : ""). Show it examples (labelling.examples), say what to"
                + " answer (labelling.instruction), try labelling.answers: letters, or list what it says in the labels' spellings."
                + " \(Self.kept)"
        case .budgetReached(let limit, let budget, let spent, let done, let total):
            return "Paused: the budget of \(Self.words(limit, budget, spent)) with \(done) of \(total) calls answered."
                + " \(Self.kept) Raise the limit and run the same command to go on."
        case .notRecorded(let missing, let total, let ledger):
            return
                "\(missing) of \(total) answers are not in the recorded ledger \(ledger), and the recipe works offline."
                + " Remove teacher.offline to ask the teacher, or check that prompts, model and texts are those recorded."
        case .ledger(let path, let problem):
            return "Ledger \(path): \(problem)"
        case .recording(let file, let line, let expected):
            return "\(file)\(line > 0 ? ":\(line)" : ""): not a recorded call: expected \(expected)."
        case .task(let problem):
            return "\(problem)"
        }
    }

    private static let kept = "Every answer so far is kept in the ledger and is not paid for again."

    /// “20 requests (teacher.request-limit) is used up: 20 spent”.
    private static func words(_ limit: Budget.Limit, _ budget: Budget, _ spent: Amount) -> String {
        switch limit {
        case .requests:
            "\(budget.requests ?? 0) requests (teacher.request-limit) is used up, \(spent.requests) sent,"
        case .tokens:
            "\(budget.tokens ?? 0) tokens (teacher.token-limit) is used up, \(spent.tokens) taken,"
                + " and the next call may take more than the rest,"
        case .cost:
            "\(figure(budget.cost ?? 0)) (teacher.cost-limit) is used up, \(figure(spent.cost)) spent,"
                + " and the next call may cost more than the rest,"
        }
    }

    private static func quoted(_ words: some Sequence<String>) -> String {
        words.map { "“\($0)”" }.joined(separator: ", ")
    }

    private static func figure(_ seconds: Double) -> String { String(format: "%g", seconds) }
}

extension TeacherError.BodyKind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .html: "an HTML page"
        case .empty: "nothing"
        case .text: "plain text"
        case .brokenJSON: "broken JSON"
        }
    }
}

extension TeacherError.LedgerProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound:
            "there is no such file."
        case .notALedger:
            "this SQLite file was not made by Attar. Name another file in teacher.ledger."
        case .otherVersion(let found, let expected):
            "its format is version \(found), this program reads version \(expected)."
                + " Use the program that made it, or name another file in teacher.ledger."
        case .damaged(let detail):
            "damaged (\(detail)). Restore it from a copy, or move it away to start a new one; its answers would be paid again."
        case .busy:
            "another program holds it for too long. Wait for the other run to end, then run again."
        case .full:
            "the disk is full. Free some space and run again: what was settled before is kept."
        case .inputOutput:
            "the disk refuses to read or write. It may be full, over quota or failing. What was settled before is kept."
        case .notWritable:
            "cannot be opened for writing. Check the folder and its permissions."
        case .purposeMismatch:
            "an answer that was bought for evaluation would be used as a training label. It is refused."
        case .other(let detail):
            detail
        }
    }
}

extension TeacherError.TaskProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewLabels(let count):
            "labels: \(count) given, at least 2 expected."
        case .tooManyLabels(let count, let limit):
            "labels: \(count) given; a teacher can choose among \(limit) at most, one letter each."
        case .emptyLabel:
            "labels: a label has no name."
        case .repeatedLabel(let label):
            "labels: “\(label)” is there twice (case and surrounding spaces do not tell labels apart)."
        case .repeatedSpelling(let spelling, let label):
            "labels: the spelling “\(spelling)” of “\(label)” is a name or a spelling already. A word can mean one label only."
        case .unknownExampleLabel(let label, let known):
            "examples: “\(label)” is none of the labels \(known.joined(separator: ", "))."
        case .sharedAnswers(let labels):
            "labels: the first words of \(labels.joined(separator: ", ")) do not tell them apart, so one token cannot name one."
                + " Use labelling.method: scoring, or lettered choices."
        case .longChoices(let count):
            "labelling.answers: numbers up to \(count) take more than one token. Use labelling.method: scoring, or letters."
        case .scoringNeedsCompletion:
            "labelling.method: scoring needs raw completions: an answer that is begun in a chat is not gone on with."
                + " Use teacher.prompt-form: completion, or lettered choices."
        case .emptyAttribute(let name):
            "attributes: “\(name)” has no values."
        case .nothingToWrite(let label):
            "exclude: no combination of attributes is left for the label “\(label)”. Exclude less, or give it other values."
        }
    }
}
