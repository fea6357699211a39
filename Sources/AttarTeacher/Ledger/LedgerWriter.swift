import Foundation
import GRDB

/// One change to the ledger.
enum LedgerOperation: Sendable {
    case reserve(CallKey, TeacherCall)
    case settle(CallKey, TeacherCall, SettledAnswer)
    case release(CallKey)
    case record(CallKey, purpose: CallPurpose, draw: Int, request: String?, SettledAnswer)
}

/// Joins the changes that arrive while a transaction runs into the next one, so that calls share the disk's sync.
///
/// A change that was handed over is carried out even if the task that waits for it is cancelled.
actor LedgerWriter {
    private typealias Entry = (LedgerOperation, CheckedContinuation<SettledAnswer?, any Error>)

    private let queue: DatabaseQueue
    private var waiting: [Entry] = []
    private var isWriting = false

    init(queue: DatabaseQueue) { self.queue = queue }

    func submit(_ operation: LedgerOperation) async throws -> SettledAnswer? {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append((operation, continuation))
            if !isWriting {
                isWriting = true
                // Not a child task: cancelling the run must not roll back answers that were paid for.
                Task { await self.writeAll() }
            }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let group = waiting
            waiting = []
            do {
                try await write(group)
            } catch {
                // One bad row must not cost the answers that came with it: each change on its own.
                for entry in group {
                    do { try await write([entry]) } catch { entry.1.resume(throwing: error) }
                }
            }
        }
        isWriting = false
    }

    private func write(_ group: [Entry]) async throws {
        let results = try await queue.write { database in
            try group.map { try $0.0.perform(in: database) }
        }
        for (entry, result) in zip(group, results) { entry.1.resume(returning: result) }
    }
}

extension LedgerOperation {
    /// Carries the change out. Returns the settled answer that counts, if there is one.
    func perform(in database: Database) throws -> SettledAnswer? {
        switch self {
        case .reserve(let key, let call):
            try database.cachedStatement(
                sql: """
                    INSERT INTO call (key, purpose, draw, state, request) VALUES (?, ?, ?, 'reserved', ?)
                    ON CONFLICT (key) DO NOTHING
                    """
            ).execute(arguments: [key.bytes, call.purpose.rawValue, call.draw, Self.text(of: call.request)])
            return try settled(key, purpose: call.purpose, in: database)
        case .settle(let key, let call, let answer):
            return try settle(
                key, purpose: call.purpose, draw: call.draw, request: Self.text(of: call.request), answer, in: database)
        case .record(let key, let purpose, let draw, let request, let answer):
            return try settle(key, purpose: purpose, draw: draw, request: request, answer, in: database)
        case .release(let key):
            try database.cachedStatement(sql: "DELETE FROM call WHERE key = ? AND state = 'reserved'")
                .execute(arguments: [key.bytes])
            return nil
        }
    }

    private func settle(
        _ key: CallKey, purpose: CallPurpose, draw: Int, request: String?, _ answer: SettledAnswer,
        in database: Database
    ) throws -> SettledAnswer? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(answer.answer), as: UTF8.self)
        try database.cachedStatement(
            sql: """
                INSERT INTO call
                    (key, purpose, draw, state, request, answer, input_tokens, output_tokens, cached_tokens)
                VALUES (?, ?, ?, 'settled', ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET state = 'settled', answer = excluded.answer,
                    input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
                    cached_tokens = excluded.cached_tokens
                WHERE state = 'reserved'
                """
        ).execute(arguments: [
            key.bytes, purpose.rawValue, draw, request, text,
            answer.usage.input, answer.usage.output, answer.usage.cached,
        ])
        if database.changesCount == 1 { return answer }
        return try settled(key, purpose: purpose, in: database)
    }

    private func settled(_ key: CallKey, purpose: CallPurpose, in database: Database) throws -> SettledAnswer? {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM call WHERE key = ? AND state = 'settled'"),
            arguments: [key.bytes])
        return try row.map { try LedgerSchema.answer(from: $0, purpose: purpose) }
    }

    private static func text(of request: CompletionRequest) -> String {
        String(decoding: request.canonicalJSON(), as: UTF8.self)
    }
}
