import Foundation
import GRDB

/// One change to the ledger.
enum LedgerOperation: Sendable {
    /// Holds `amount` on the account, unless that would break the budget.
    case reserve(KeyedCall, Amount, account: String, Budget)
    /// Stores the answer and corrects what the account holds for it.
    case settle(KeyedCall, SettledAnswer, correction: Amount, account: String)
    /// Takes a reservation back.
    case release(CallKey)
    /// Corrects what the account holds, for an attempt that failed.
    case correct(Amount, account: String)
    case record(CallKey, purpose: CallPurpose, draw: Int, request: String?, SettledAnswer)
}

/// Joins the changes that arrive while a transaction runs into the next one, so that calls share the disk's sync.
///
/// A change that was handed over is carried out even if the task that waits for it is cancelled.
actor LedgerWriter {
    private typealias Entry = (LedgerOperation, CheckedContinuation<Reservation, any Error>)

    private let queue: DatabaseQueue
    private var waiting: [Entry] = []
    private var isWriting = false

    init(queue: DatabaseQueue) { self.queue = queue }

    func submit(_ operation: LedgerOperation) async throws -> Reservation {
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
        let operations = group.map(\.0)
        let results = try await queue.write { database in
            var accounts = LedgerAccounts()
            let results = try operations.map { try $0.perform(in: database, &accounts) }
            try accounts.save(in: database)
            return results
        }
        for (entry, result) in zip(group, results) { entry.1.resume(returning: result) }
    }
}

/// The accounts that a transaction touches: read once, written once.
private struct LedgerAccounts {
    private var spent: [String: Amount] = [:]

    mutating func spent(on account: String, in database: Database) throws -> Amount {
        if let known = spent[account] { return known }
        let read = try LedgerSchema.spent(on: account, in: database)
        spent[account] = read
        return read
    }

    mutating func add(_ amount: Amount, to account: String, in database: Database) throws {
        spent[account] = try spent(on: account, in: database) + amount
    }

    func save(in database: Database) throws {
        for (name, amount) in spent {
            try database.cachedStatement(sql: "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?)")
                .execute(arguments: [name, amount.requests, amount.tokens, amount.picoCost])
        }
    }
}

extension LedgerOperation {
    /// Carries the change out. Returns the settled answer that counts, if there is one.
    fileprivate func perform(in database: Database, _ accounts: inout LedgerAccounts) throws -> Reservation {
        switch self {
        case .reserve(let keyed, let amount, let account, let budget):
            let call = keyed.call
            if let answer = try settled(keyed.key, purpose: call.purpose, in: database) { return .settled(answer) }
            let spent = try accounts.spent(on: account, in: database)
            if let limit = budget.limit(brokenBy: spent + amount) { return .refused(limit, spent: spent) }
            try accounts.add(amount, to: account, in: database)
            try database.cachedStatement(
                sql: """
                    INSERT INTO call (key, purpose, draw, state, request) VALUES (?, ?, ?, 'reserved', ?)
                    ON CONFLICT (key) DO NOTHING
                    """
            ).execute(arguments: [
                keyed.key.bytes, call.purpose.rawValue, call.draw, String(decoding: keyed.body, as: UTF8.self),
            ])
            return .reserved
        case .settle(let keyed, let answer, let correction, let account):
            try accounts.add(correction, to: account, in: database)
            return try settle(
                keyed.key, purpose: keyed.call.purpose, draw: keyed.call.draw,
                request: String(decoding: keyed.body, as: UTF8.self), answer, in: database)
        case .record(let key, let purpose, let draw, let request, let answer):
            return try settle(key, purpose: purpose, draw: draw, request: request, answer, in: database)
        case .release(let key):
            try database.cachedStatement(sql: "DELETE FROM call WHERE key = ? AND state = 'reserved'")
                .execute(arguments: [key.bytes])
            return .reserved
        case .correct(let amount, let account):
            try accounts.add(amount, to: account, in: database)
            return .reserved
        }
    }

    private func settle(
        _ key: CallKey, purpose: CallPurpose, draw: Int, request: String?, _ answer: SettledAnswer,
        in database: Database
    ) throws -> Reservation {
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
        if database.changesCount == 1 { return .settled(answer) }
        return try settled(key, purpose: purpose, in: database).map(Reservation.settled) ?? .reserved
    }

    private func settled(_ key: CallKey, purpose: CallPurpose, in database: Database) throws -> SettledAnswer? {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM call WHERE key = ? AND state = 'settled'"),
            arguments: [key.bytes])
        return try row.map { try LedgerSchema.answer(from: $0, purpose: purpose) }
    }
}
