import Foundation
import GRDB

/// A ledger as text: one settled call a line, sorted by key, so that recorded answers can be kept with a project.
extension Ledger {
    /// What a recording holds of each call.
    package enum RecordingContents: Sendable {
        /// Key and answer. Small, and holds nothing of the texts that were sent.
        case answers
        /// The request too, readable and checked against the key on import.
        case requestsAndAnswers
    }

    private struct Line: Codable {
        var key: String
        var purpose: CallPurpose
        var draw: Int
        var request: CompletionRequest?
        var answer: CompletionAnswer
        /// Input, output and cached tokens.
        var tokens: [Int]
    }

    /// The settled calls as JSON lines.
    package func recording(_ contents: RecordingContents, purposes: [CallPurpose] = CallPurpose.allCases) async throws
        -> Data
    {
        try await read { database in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var text = Data()
            let rows = try Row.fetchCursor(
                database, sql: "SELECT * FROM call WHERE state = 'settled' ORDER BY key")
            while let row = try rows.next() {
                guard let key = CallKey(bytes: row["key"]), let purpose = CallPurpose(rawValue: row["purpose"])
                else { throw LedgerFault(problem: .damaged("a key of the wrong length")) }
                guard purposes.contains(purpose) else { continue }
                let settled = try LedgerSchema.answer(from: row, purpose: purpose)
                var request: CompletionRequest?
                if case .requestsAndAnswers = contents, let stored: String = row["request"] {
                    request = try? JSONDecoder().decode(CompletionRequest.self, from: Data(stored.utf8))
                }
                let usage = settled.usage
                let line = Line(
                    key: key.description, purpose: purpose, draw: row["draw"], request: request,
                    answer: settled.answer, tokens: [usage.input, usage.output, usage.cached])
                text.append(try encoder.encode(line))
                text.append(0x0A)
            }
            return text
        }
    }

    /// Adds the calls of a recording. Answers that the ledger already holds stay. Returns how many calls were read.
    ///
    /// Throws `.recording` with file and line for a line that is no recorded call.
    package func importRecording(from file: URL) async throws -> Int {
        let bytes = try Data(contentsOf: file)
        var count = 0
        var pending: [LedgerOperation] = []
        for (index, part) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if part.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            pending.append(try Self.operation(from: Data(part), file: file.path, line: index + 1))
            count += 1
            if pending.count == 1000 { try await submit(all: &pending) }
        }
        try await submit(all: &pending)
        return count
    }

    private func submit(all operations: inout [LedgerOperation]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for operation in operations { group.addTask { _ = try await self.submit(operation) } }
            try await group.waitForAll()
        }
        operations = []
    }

    private static func operation(from data: Data, file: String, line: Int) throws(TeacherError) -> LedgerOperation {
        guard let entry = try? JSONDecoder().decode(Line.self, from: data) else {
            throw .recording(
                file: file, line: line, expected: "a JSON object with key, purpose, draw, answer and tokens")
        }
        guard let key = CallKey(hexadecimal: entry.key) else {
            throw .recording(file: file, line: line, expected: "a key of 64 hexadecimal digits")
        }
        guard entry.tokens.count == 3, entry.tokens.allSatisfy({ $0 >= 0 }) else {
            throw .recording(file: file, line: line, expected: "three token counts")
        }
        var request: String?
        if let sent = entry.request {
            let canonical = sent.canonicalJSON()
            guard CallKey(canonicalRequest: canonical, purpose: entry.purpose, draw: entry.draw) == key else {
                throw .recording(file: file, line: line, expected: "a key that fits request, purpose and draw")
            }
            request = String(decoding: canonical, as: UTF8.self)
        }
        let usage = TokenUsage(input: entry.tokens[0], output: entry.tokens[1], cached: entry.tokens[2])
        return .record(
            key, purpose: entry.purpose, draw: entry.draw, request: request,
            SettledAnswer(answer: entry.answer, usage: usage))
    }
}
