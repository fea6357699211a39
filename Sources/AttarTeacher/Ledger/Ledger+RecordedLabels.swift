import Foundation

/// Answers of a teacher that was asked elsewhere, for the rows of a table.
package struct RecordedSplit: Sendable {
    /// As the lines of the recording name it: `train`.
    package var name: String
    package var purpose: CallPurpose
    /// The texts of the table, by row.
    package var texts: [String]

    package init(name: String, purpose: CallPurpose, texts: [String]) {
        self.name = name
        self.purpose = purpose
        self.texts = texts
    }
}

extension Ledger {
    private struct LabelLine: Decodable {
        let split: String
        let row: Int
        let topLogprobs: [String: Double]
        let promptTokens: Int?

        private enum CodingKeys: String, CodingKey {
            case split, row
            case topLogprobs = "top_logprobs"
            case promptTokens = "prompt_tokens"
        }
    }

    /// Adds the labels of a recording: a JSON object a line with `split`, `row` (from 0) and `top_logprobs` (first token →
    /// log-probability). An offline teacher of the name `model` finds them by text, whatever its prompt; case by case the
    /// first answer stays. Returns how many lines each split gave, and how many belong to none of `splits`.
    ///
    /// Throws `.recording` with file and line for a line that is no recorded label, or whose row the table does not have.
    package func importLabels(
        from file: URL, splits: [RecordedSplit], model: String
    ) async throws -> (taken: [String: Int], skipped: Int) {
        let byName = Dictionary(splits.map { ($0.name, $0) }) { first, _ in first }
        var taken: [String: Int] = [:]
        var skipped = 0
        var pending: [LedgerOperation] = []
        // Names the teacher in `statistics()`; there is no request.
        let stub = String(decoding: try JSONEncoder().encode(["model": model]), as: UTF8.self)
        try await Self.forEachLine(of: file) { line, number in
            guard let entry = try? JSONDecoder().decode(LabelLine.self, from: line) else {
                throw TeacherError.recording(
                    file: file.path, line: number, expected: "a JSON object with split, row and top_logprobs")
            }
            guard let split = byName[entry.split] else {
                skipped += 1
                return
            }
            guard split.texts.indices.contains(entry.row) else {
                throw TeacherError.recording(
                    file: file.path, line: number,
                    expected: "a row below \(split.texts.count), which is all that the table for \(split.name) has")
            }
            let tokens = entry.topLogprobs.map { TokenLogprob(token: $0.key, logprob: min($0.value, 0)) }
                .sorted { ($1.logprob, $0.token) < ($0.logprob, $1.token) }
            guard let first = tokens.first, tokens.allSatisfy(\.logprob.isFinite) else {
                throw TeacherError.recording(file: file.path, line: number, expected: "log-probabilities of tokens")
            }
            pending.append(
                .record(
                    CallKey(recordedSubject: split.texts[entry.row], model: model, purpose: split.purpose),
                    purpose: split.purpose, draw: 0, request: stub,
                    SettledAnswer(
                        answer: CompletionAnswer(text: first.token, finish: "length", firstTokens: tokens),
                        usage: TokenUsage(input: entry.promptTokens ?? 0, output: 1))))
            taken[split.name, default: 0] += 1
            if pending.count == 1000 { try await submit(all: &pending) }
        }
        try await submit(all: &pending)
        return (taken, skipped)
    }
}
