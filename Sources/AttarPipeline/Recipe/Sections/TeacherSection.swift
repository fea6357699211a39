import Foundation

/// The large model behind an OpenAI-compatible endpoint.
package struct TeacherSection: RecipeSection {
    package enum PromptForm: String, CaseIterable, Sendable { case completion, chat, automatic }

    package let endpoint: URL
    package let model: String
    package internal(set) var promptForm: PromptForm
    package let apiKeyEnvironmentName: String?
    package let concurrency: Int
    package let requestLimit: Int?
    package let tokenLimit: Int?
    package let costLimit: Double?
    package let requestsPerMinute: Double?
    package let tokensPerMinute: Double?
    package let offline: Bool
    package let timeoutSeconds: Double
    package let retries: Int
    package let pricePerMillionInputTokens: Double?
    package let pricePerMillionOutputTokens: Double?
    package let sendsSeed: Bool
    package let ledger: RecipeFile?

    package init(_ keys: inout KeyReader) {
        endpoint = keys.required(
            "endpoint", .webAddress,
            "The base address of the API, usually ending in /v1. HTTPS, except on this machine.")
        model = keys.required("model", .text(), "The name of the model as the endpoint knows it.")
        promptForm = keys.value(
            "prompt-form", .choice(), default: .completion,
            "completion: raw text that the model goes on with, best for small models. chat: messages, all that most hosted models take. automatic: completion where the endpoint is found to offer it, else chat."
        )
        apiKeyEnvironmentName = keys.optional(
            "api-key-env", .environmentName,
            "The environment variable that holds the API key. The key itself never stands in a recipe.")
        concurrency = keys.value(
            "concurrency", .integer(1...256), default: 4,
            "Most requests in flight at once. There are fewer while the endpoint is overloaded.")
        requestLimit = keys.optional(
            "request-limit", .integer(1...1_000_000_000),
            "No more requests than this are sent by a run, however often it is started. It pauses there with everything kept."
        )
        tokenLimit = keys.addition(
            "token-limit", .integer(1...1_000_000_000_000),
            "No more tokens than this, sent and received, are taken by a run, however often it is started.")
        costLimit = keys.addition(
            "cost-limit", .number(above: 0, through: 1_000_000),
            "A run never costs more than this in your currency, however often it is started. Needs the prices.")
        requestsPerMinute = keys.addition(
            "requests-per-minute", .number(above: 0, through: 1_000_000), "Requests follow one another no faster.")
        tokensPerMinute = keys.addition(
            "tokens-per-minute", .number(above: 0, through: 1_000_000_000), "Tokens follow one another no faster.")
        offline =
            keys.addition(
                "offline", .boolean,
                "Answer from the ledger alone: nothing is ever sent. A call that the ledger does not hold is an error."
            ) ?? false
        timeoutSeconds = keys.value(
            "timeout-seconds", .number(above: 0, through: 3600), default: 60, "How long to wait for one answer.")
        retries = keys.value(
            "retries", .integer(0...20), default: 4, "How often a failed request is tried again, with growing pauses.")
        pricePerMillionInputTokens = keys.optional(
            "price-per-million-input-tokens", .number(0...1_000_000), "For the cost in the report, in your currency.")
        pricePerMillionOutputTokens = keys.optional(
            "price-per-million-output-tokens", .number(0...1_000_000), "For the cost in the report, in your currency.")
        sendsSeed = keys.value(
            "sends-seed", .boolean, default: true,
            "Send a seed with sampled calls. Turn off where the endpoint refuses it.")
        ledger = keys.optional(
            "ledger", .outputFile,
            "The SQLite file that keeps every paid answer; runs/ledger.sqlite where nothing is said. Shared by all recipes."
        )
        keys.check(
            costLimit == nil || pricePerMillionInputTokens != nil || pricePerMillionOutputTokens != nil,
            at: "cost-limit",
            "needs price-per-million-input-tokens and price-per-million-output-tokens: nothing costs anything without")
    }
}
