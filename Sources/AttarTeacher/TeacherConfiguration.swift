import Foundation

/// Where the teacher is, how hard to drive it and what it may cost.
package struct TeacherConfiguration: Sendable {
    /// Base address of an OpenAI-compatible API, usually ending in `/v1`.
    package var endpoint: URL
    /// Name of the model as the endpoint lists it. Part of every request's key in the ledger.
    package var model: String
    /// Environment variable that holds the key; `nil` sends no key.
    package var apiKeyEnvironmentName: String?
    /// Most calls in flight at once.
    package var concurrency: Int
    package var requestsPerMinute: Double?
    package var tokensPerMinute: Double?
    /// What may be spent on `account` in all; answers from the ledger are free.
    package var budget: Budget
    /// Under this name the ledger keeps what was spent, over every start of a run.
    package var account: String
    /// Time one attempt may take from connecting to the last byte of the answer.
    package var timeoutSeconds: Double
    /// How long answers under way are waited for when the work is cancelled.
    package var graceSeconds = 5.0
    /// Further attempts after one that failed for a passing reason.
    package var retries: Int
    package var prices: Prices
    /// The SQLite file that keeps every answer.
    package var ledger: URL
    /// Answer from the ledger only; a call it does not hold is an error, nothing is sent.
    package var isOffline: Bool
    /// As offline, but calls that the ledger does not hold are counted (`Teacher.coverage`) and have empty answers.
    package var isPlanning = false
    /// How many of the likeliest tokens a labelling call asks for.
    package var topLogprobs: Int
    /// Send `seed` with sampled calls. Turn off for endpoints that refuse the field.
    package var sendsSeed: Bool
    /// Largest answer body that is read.
    package var answerLimitBytes: Int

    package init(
        endpoint: URL, model: String, ledger: URL, apiKeyEnvironmentName: String? = nil, concurrency: Int = 4,
        requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, budget: Budget = Budget(),
        account: String = "default", timeoutSeconds: Double = 60, retries: Int = 5, prices: Prices = Prices(),
        isOffline: Bool = false, topLogprobs: Int = 20, sendsSeed: Bool = true, answerLimitBytes: Int = 1 << 20
    ) {
        self.endpoint = endpoint
        self.model = model
        self.ledger = ledger
        self.apiKeyEnvironmentName = apiKeyEnvironmentName
        self.concurrency = concurrency
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.budget = budget
        self.account = account
        self.timeoutSeconds = timeoutSeconds
        self.retries = retries
        self.prices = prices
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
    /// Seconds on a clock that only goes forward, whatever is done to the time of day.
    package var now: @Sendable () -> Double

    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        now: @escaping @Sendable () -> Double = { start.duration(to: .now) / .seconds(1) }
    ) {
        self.environment = environment
        self.pause = pause
        self.now = now
    }
}

private let start = ContinuousClock.now
