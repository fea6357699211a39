import AttarTeacher
import Foundation

extension TeacherProbe {
    /// What was found, as lines for a person.
    package var text: [String] {
        var lines = ["\(model) at \(endpoint)"]
        for (name, form) in [("completion", completion), ("chat", chat)] {
            guard let form else {
                lines.append("  \(name): no" + (problems[name].map { " (\($0))" } ?? ""))
                continue
            }
            lines.append("  \(name): yes")
            let logprobs = form.logprobs.map { "the \($0.most) likeliest tokens, as \($0.shape.rawValue)" } ?? "none"
            lines.append("    log-probabilities: \(logprobs)")
            lines.append(
                "    several answers a call: \(form.choicesPerCall > 1 ? "\(form.choicesPerCall) at least" : "no")")
            lines.append("    seed: \(form.honoursSeed.map { $0 ? "honoured" : "ignored" } ?? "cannot be told")")
            lines.append("    JSON schema: \(form.honoursSchema ? "kept to" : "no")")
        }
        let vectors = embeddingWidth.map { "\($0) wide" } ?? "no" + (problems["embeddings"].map { " (\($0))" } ?? "")
        lines.append("  embeddings: \(vectors)")
        lines.append(
            "  prefix cache: \(cachedTokens.map { $0 > 0 ? "\($0) tokens reused" : "not seen" } ?? "not told")")
        lines.append("  context: \(contextTokens.map { "\($0) tokens a call" } ?? "unknown")")
        lines.append("  rate limits: \(rates.map(Self.words) ?? "none told")")
        for speed in speeds {
            lines.append(
                String(
                    format: "  %d in flight: %.3f s a call, %.1f calls/s", speed.inFlight, speed.medianSeconds,
                    speed.callsPerSecond))
        }
        return lines
    }

    private static func words(_ rates: RateLimits) -> String {
        [
            rates.remainingRequests.map { "\($0) requests left" }, rates.remainingTokens.map { "\($0) tokens left" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}
