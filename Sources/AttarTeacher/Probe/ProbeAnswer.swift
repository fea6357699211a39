import Foundation

/// What a probe reads from a whole answer.
struct ProbeAnswer {
    let body: Data
    let texts: [String]
    let logprobs: TeacherProbe.Logprobs?
    /// `nil` if the endpoint does not say.
    let cachedTokens: Int?

    init?(_ text: String) {
        body = Data(text.utf8)
        guard let answer = try? JSONDecoder().decode(AnswerBody.self, from: body) else { return nil }
        texts = (answer.choices ?? []).map { $0.text ?? $0.message?.content ?? "" }
        cachedTokens = answer.usage?.details?.cachedTokens
        if let entries = answer.choices?.first?.logprobs?.content?.first?.entries, !entries.isEmpty {
            logprobs = TeacherProbe.Logprobs(most: entries.count, shape: .content)
        } else if let entries = answer.choices?.first?.logprobs?.legacy?.first ?? nil, !entries.isEmpty {
            logprobs = TeacherProbe.Logprobs(most: entries.count, shape: .legacyDictionary)
        } else {
            logprobs = nil
        }
    }
}
