import Foundation

/// What came back for one request: a text, or the reason why there is none.
package struct GeneratedText: Sendable, Hashable {
    package enum Rejection: String, Sendable, CaseIterable {
        case empty
        case tooShort
        /// Parts of the prompt came back in place of a text.
        case echo
        /// Cut off at the token limit before the first sentence ended.
        case cut
        /// The model speaks of itself, or will not write it.
        case refusal
        /// An edit that changed nothing.
        case unchanged
    }

    package var request: GenerationRequest
    /// The cleaned text; `nil` if it was rejected.
    package var text: String?
    package var rejection: Rejection?
    /// The beginning of what came back, on one line.
    package var answer = ""
}

/// Makes one clean line of what a model wrote, or says why it is no use.
struct TextCleaning {
    let leastCharacters: Int
    let textHeading: String
    /// Headings of the prompt; a text that begins with one, or goes on with one, echoes the prompt.
    let headings: [String]

    init(_ task: GenerationTask) {
        leastCharacters = task.leastCharacters
        textHeading = task.textHeading
        headings = task.attributes.map(\.name) + [task.labelHeading, task.textHeading]
    }

    /// - Parameter opening: words that the model was asked to go on from, and so did not repeat.
    func clean(
        _ answer: CompletionAnswer, opening: String? = nil
    ) -> (text: String?, rejection: GeneratedText.Rejection?) {
        let whole = (opening ?? "") + answer.text
        var text = oneLine(whole.trimmingCharacters(in: .controlCharacters.union(.whitespacesAndNewlines)))
        text = withoutHeading(text)
        if isRefusal(text) { return (nil, .refusal) }
        text = withoutPreamble(text)
        if let echo = headings.compactMap({ text.range(of: $0 + ":")?.lowerBound }).min() {
            // The text itself may be fine where the echo only follows it.
            text = String(text[..<echo]).trimmingCharacters(in: .whitespaces)
            if text.isEmpty { return (nil, .echo) }
        }
        if answer.finish == "length" {
            guard let end = text.lastIndex(where: { ".!?…".contains($0) }) else { return (nil, .cut) }
            text = String(text[...end])
        }
        text = withoutQuotes(text)
        if text.isEmpty { return (nil, .empty) }
        if text.count < leastCharacters || !text.contains(where: \.isLetter) { return (nil, .tooShort) }
        return (text, nil)
    }

    /// “I'm sorry, but I can't write that”, “As an AI …”: words of the model about itself, at the beginning.
    private func isRefusal(_ text: String) -> Bool {
        let start = text.prefix(160).lowercased().replacing("’", with: "'")
        let refusal =
            /\bi(?:'m| am)? (?:can't|cannot|can not|won't|will not|unable to|not able to) (?:help (?:you|with)|assist|fulfil|comply|provide|generate|write|create|produce)|\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b|\bi(?:'m| am) (?:just |only )?an? (?:ai|(?:large )?language model)\b/
        return start.contains(refusal)
    }

    /// Drops “Sure! Here is a review:”.
    private func withoutPreamble(_ text: String) -> String {
        let preamble =
            /(?i)(?:(?:sure|certainly|of course|absolutely)[!,.:]+\s)?here(?:'s|’s| is| are)\b[^:]{0,80}:\s*/
        guard let match = text.prefixMatch(of: preamble) else { return text }
        return String(text[match.range.upperBound...])
    }

    private func withoutHeading(_ text: String) -> String {
        guard text.lowercased().hasPrefix(textHeading.lowercased() + ":") else { return text }
        return String(text.dropFirst(textHeading.count + 1)).trimmingCharacters(in: .whitespaces)
    }

    /// Drops quotation marks around the whole text, or one that was never closed.
    private func withoutQuotes(_ text: String) -> String {
        var text = text
        for (open, close) in [("\"", "\""), ("“", "”"), ("'", "'"), ("«", "»")] where text.hasPrefix(open) {
            let inner = text.dropFirst()
            if inner.hasSuffix(close), !inner.dropLast().contains(close) || open == "'" {
                text = String(inner.dropLast())
            } else if !inner.contains(close) {
                text = String(inner)
            }
        }
        return text.trimmingCharacters(in: .whitespaces)
    }
}
