import Foundation
import GRDB
import Synchronization

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
        let lines = Mutex(Data())
        _ = try await forEachLine(contents, purposes: purposes) { line in lines.withLock { $0.append(line) } }
        return lines.withLock { $0 }
    }

    /// Writes the settled calls as JSON lines, and returns how many there are. The file appears once it is complete.
    package func export(
        to file: URL, _ contents: RecordingContents, purposes: [CallPurpose] = CallPurpose.allCases
    ) async throws -> Int {
        let target = file.resolvingSymlinksInPath()
        let kind = try? FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType
        guard kind == nil || kind == .typeRegular, target != URL(filePath: path).resolvingSymlinksInPath() else {
            throw TeacherError.recording(
                file: file.path, line: 0, expected: "the name of a file to write, other than the ledger's own")
        }
        let unfinished = file.appendingPathExtension("part")
        guard FileManager.default.createFile(atPath: unfinished.path, contents: nil) else {
            throw TeacherError.ledger(path: unfinished.path, .notWritable)
        }
        let handle = try FileHandle(forWritingTo: unfinished)
        let buffer = Mutex(Data())
        @Sendable func flush() throws {
            let bytes = buffer.withLock { buffer in
                defer { buffer = Data() }
                return buffer
            }
            try handle.write(contentsOf: bytes)
        }
        do {
            let count = try await forEachLine(contents, purposes: purposes) { line in
                let size = buffer.withLock { buffer in
                    buffer.append(line)
                    return buffer.count
                }
                if size > 1 << 20 { try flush() }
            }
            try flush()
            try handle.synchronize()
            try handle.close()
            guard rename(unfinished.path, file.path) == 0 else {
                throw TeacherError.ledger(path: file.path, .notWritable)
            }
            return count
        } catch {
            try? FileManager.default.removeItem(at: unfinished)
            throw error
        }
    }

    private func forEachLine(
        _ contents: RecordingContents, purposes: [CallPurpose], _ body: @escaping @Sendable (Data) throws -> Void
    ) async throws -> Int {
        try await read { database in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var count = 0
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
                try body(try encoder.encode(line) + [0x0A])
                count += 1
            }
            return count
        }
    }

    /// Adds the calls of a recording. Answers that the ledger already holds stay. Returns how many calls were read.
    ///
    /// Throws `.recording` with file and line for a line that is no recorded call.
    package func importRecording(from file: URL) async throws -> Int {
        var count = 0
        var pending: [LedgerOperation] = []
        try await Self.forEachLine(of: file) { line, number in
            pending.append(try Self.operation(from: line, file: file.path, line: number))
            count += 1
            if pending.count == 1000 { try await submit(all: &pending) }
        }
        try await submit(all: &pending)
        return count
    }

    /// Hands the lines that are not blank to `body`, with their numbers from 1.
    static func forEachLine(of file: URL, _ body: (Data, Int) async throws -> Void) async throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw TeacherError.recording(file: file.path, line: 0, expected: "a file that can be read")
        }
        var start = bytes.startIndex
        var number = 0
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            number += 1
            let line = bytes[start..<end]
            if !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { try await body(Data(line), number) }
            start = end < bytes.endIndex ? end + 1 : end
        }
    }

    func submit(all operations: inout [LedgerOperation]) async throws {
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
            let made = CallKey(
                canonicalRequest: canonical, purpose: entry.purpose, draw: entry.draw,
                keepsBody: entry.answer.body != nil)
            guard made == key else {
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
