import Foundation

/// What an endpoint really does, found out by trying. Kept with the run; the ways of labelling adapt to it.
package struct TeacherProbe: Sendable, Hashable, Codable {
    /// What works through one way of asking.
    package struct Form: Sendable, Hashable, Codable {
        /// Log-probabilities of the likeliest first tokens; `nil` if there are none.
        package var logprobs: Logprobs?
        /// As many tokens as it lists at most, where it turned down to list 20.
        package var logprobsLimit: Int?
        /// Most answers that one call gave: of 8, 4 and 2 that were asked for.
        package var choicesPerCall = 1
        /// Whether the same seed gives the same sampled text and others another; `nil` if all texts were the same.
        package var honoursSeed: Bool?
        /// Whether an answer keeps to a JSON schema that was sent with the call.
        package var honoursSchema = false

        package init() {}
    }

    package struct Logprobs: Sendable, Hashable, Codable {
        package enum Shape: String, Sendable, Codable {
            case content
            case legacyDictionary = "legacy dictionary"
        }
        /// The most tokens that were listed for one position.
        package var most: Int
        package var shape: Shape

        package init(most: Int, shape: Shape) {
            self.most = most
            self.shape = shape
        }
    }

    /// One-token calls with so many in flight.
    package struct Speed: Sendable, Hashable, Codable {
        package var inFlight: Int
        package var medianSeconds: Double
        package var callsPerSecond: Double
    }

    package var endpoint: String
    package var model: String
    /// `nil` if the endpoint does not say.
    package var offeredModels: [String]?
    package var completion: Form?
    package var chat: Form?
    /// Numbers in a vector of `/embeddings`; `nil` if there are no embeddings.
    package var embeddingWidth: Int?
    /// What was said where something does not work: “chat”, “completion”, “embeddings” → words of the endpoint.
    package var problems: [String: String] = [:]
    /// Tokens of the second of two calls with a shared beginning that came from a cache; `nil` if the endpoint does not
    /// say. Some hosts cache from 1024 tokens on only; the probe sends some 200.
    package var cachedTokens: Int?
    /// Tokens of one call, answer included; `nil` if neither told nor found.
    package var contextTokens: Int?
    package var rates: RateLimits?
    package var speeds: [Speed] = []

    package init(endpoint: String, model: String) {
        self.endpoint = endpoint
        self.model = model
    }

    /// How a probe names an endpoint.
    package static func shown(_ endpoint: URL) -> String { (try? EndpointAddress(endpoint).shown) ?? "" }

    package subscript(form: PromptForm) -> Form? {
        get { form == .chat ? chat : completion }
        set { if form == .chat { chat = newValue } else { completion = newValue } }
    }

    /// The task, asked as the endpoint was found to take it: no more log-probabilities than it agrees to list, and sampled
    /// answers all in one call where it gives several.
    package func adapted(_ task: LabelTask) -> LabelTask {
        guard let found = self[task.form] else { return task }
        var task = task
        task.topLogprobs = task.topLogprobs ?? found.logprobsLimit
        task.samplesPerCall = task.samplesPerCall ?? found.choicesPerCall
        return task
    }

    /// Throws what keeps a run from working: the form of prompts is not offered, or log-probabilities are needed and
    /// there are none.
    package func verify(form: PromptForm, needsLogprobs: Bool) throws(TeacherError) {
        guard let found = self[form] else {
            let other: PromptForm = form == .chat ? .completion : .chat
            throw .formNotOffered(
                form, endpoint: endpoint, detail: problems[form.rawValue] ?? "",
                other: self[other] == nil ? nil : other)
        }
        if needsLogprobs, found.logprobs == nil { throw .noLogprobs(model: model, endpoint: endpoint) }
    }
}

/// How a prompt reaches the model.
package enum PromptForm: String, Sendable, Hashable, Codable, CaseIterable {
    /// Raw text that the model goes on with; best for small models.
    case completion
    /// Messages; the only form that most hosted models offer.
    case chat
}
