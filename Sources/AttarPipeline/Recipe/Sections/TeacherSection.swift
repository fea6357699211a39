import Foundation

/// The large model behind an OpenAI-compatible endpoint.
package struct TeacherSection: RecipeSection {
    package enum PromptForm: String, CaseIterable, Sendable { case completion, chat }

    package let endpoint: URL
    package let model: String
    package let promptForm: PromptForm
    package let apiKeyEnvironmentName: String?
    package let concurrency: Int
    package let requestLimit: Int?
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
            "completion: raw text that the model goes on with, best for small models. chat: messages, all that most hosted models take."
        )
        apiKeyEnvironmentName = keys.optional(
            "api-key-env", .environmentName,
            "The environment variable that holds the API key. The key itself never stands in a recipe.")
        concurrency = keys.value("concurrency", .integer(1...256), default: 4, "Requests in flight at once.")
        requestLimit = keys.optional(
            "request-limit", .integer(1...1_000_000_000), "No more new requests than this are sent in one run.")
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
    }
}
