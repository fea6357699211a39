import Foundation

/// Where the teacher is, how hard to drive it and what it may cost.
package struct TeacherConfiguration: Sendable {
    /// Base address of an OpenAI-compatible API, usually ending in `/v1`.
    package var endpoint: URL
    /// Name of the model as the endpoint lists it. Part of every request's key in the ledger.
    package var model: String
    /// Environment variable that holds the key; `nil` sends no key.
    package var apiKeyEnvironmentName: String?
    /// Calls in flight at once.
    package var concurrency: Int
    /// Most requests that this start of the program may pay for; answers from the ledger are free. `nil`: no limit.
    package var requestLimit: Int?
    /// Time one attempt may take from connecting to the last byte of the answer.
    package var timeoutSeconds: Double
    /// Further attempts after one that failed for a passing reason.
    package var retries: Int
    package var pricePerMillionInputTokens: Double?
    package var pricePerMillionOutputTokens: Double?
    /// The SQLite file that keeps every answer.
    package var ledger: URL
    /// Answer from the ledger only; a call it does not hold is an error, nothing is sent.
    package var isOffline: Bool
    /// How many of the likeliest tokens a labelling call asks for.
    package var topLogprobs: Int
    /// Send `seed` with sampled calls. Turn off for endpoints that refuse the field.
    package var sendsSeed: Bool
    /// Largest answer body that is read.
    package var answerLimitBytes: Int

    package init(
        endpoint: URL, model: String, ledger: URL, apiKeyEnvironmentName: String? = nil, concurrency: Int = 4,
        requestLimit: Int? = nil, timeoutSeconds: Double = 60, retries: Int = 5,
        pricePerMillionInputTokens: Double? = nil, pricePerMillionOutputTokens: Double? = nil,
        isOffline: Bool = false, topLogprobs: Int = 20, sendsSeed: Bool = true, answerLimitBytes: Int = 1 << 20
    ) {
        self.endpoint = endpoint
        self.model = model
        self.ledger = ledger
        self.apiKeyEnvironmentName = apiKeyEnvironmentName
        self.concurrency = concurrency
        self.requestLimit = requestLimit
        self.timeoutSeconds = timeoutSeconds
        self.retries = retries
        self.pricePerMillionInputTokens = pricePerMillionInputTokens
        self.pricePerMillionOutputTokens = pricePerMillionOutputTokens
        self.isOffline = isOffline
        self.topLogprobs = topLogprobs
        self.sendsSeed = sendsSeed
        self.answerLimitBytes = answerLimitBytes
    }
}

/// What the teacher takes from its surroundings; tests put their own in place.
package struct TeacherSurroundings: Sendable {
    package var environment: [String: String]
    /// Waits between attempts.
    package var pause: @Sendable (Duration) async throws -> Void

    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.environment = environment
        self.pause = pause
    }
}
