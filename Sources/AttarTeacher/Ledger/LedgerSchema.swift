import Foundation
import GRDB

/// The tables of a ledger and the statements on them.
enum LedgerSchema {
    /// “ATTR”, so that another program's SQLite file is recognised.
    static let applicationID = 0x4154_5452
    /// 2 added accounts and calls of the probe.
    static let version = 2

    static func prepare(_ database: Database) throws {
        let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        if tables > 0 {
            try checkApplication(database)
            if try found(database) == version { return }
        } else {
            try database.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try database.inTransaction(.immediate) {
            // Another run may have been faster.
            let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
            switch tables == 0 ? 0 : try found(database) {
            case 0 where tables == 0: try create(database)
            case 1: try upgradeFromFirst(database)
            case version: break
            case let other: throw LedgerFault(problem: .otherVersion(found: other, expected: version))
            }
            return .commit
        }
        try checkApplication(database)
    }

    private static func create(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
        try database.execute(
            sql: """
                CREATE TABLE call (
                    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
                    purpose TEXT NOT NULL CHECK (purpose IN ('training', 'evaluation', 'probe')),
                    draw INTEGER NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled')),
                    request TEXT,
                    answer TEXT CHECK ((state = 'settled') = (answer IS NOT NULL)),
                    input_tokens INTEGER NOT NULL DEFAULT 0,
                    output_tokens INTEGER NOT NULL DEFAULT 0,
                    cached_tokens INTEGER NOT NULL DEFAULT 0
                ) STRICT
                """)
        try database.execute(
            sql: """
                CREATE TABLE account (
                    name TEXT NOT NULL PRIMARY KEY,
                    requests INTEGER NOT NULL,
                    tokens INTEGER NOT NULL,
                    pico_cost INTEGER NOT NULL
                ) STRICT
                """)
    }

    private static func upgradeFromFirst(_ database: Database) throws {
        try database.execute(sql: "ALTER TABLE call RENAME TO earlier_call")
        try create(database)
        try database.execute(sql: "INSERT INTO call SELECT * FROM earlier_call")
        try database.execute(sql: "DROP TABLE earlier_call")
    }

    private static func checkApplication(_ database: Database) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
            throw LedgerFault(problem: .notALedger)
        }
    }

    private static func found(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }
}

extension LedgerSchema {
    static func settled(
        _ keys: [CallKey], purpose: CallPurpose, in database: Database
    ) throws -> [(CallKey, SettledAnswer)] {
        let places = Array(repeating: "?", count: keys.count).joined(separator: ",")
        let sql = "SELECT * FROM call WHERE state = 'settled' AND key IN (\(places))"
        let rows = try Row.fetchAll(database, sql: sql, arguments: StatementArguments(keys.map(\.bytes)))
        return try rows.map { row in
            guard let key = CallKey(bytes: row["key"]) else { throw damaged("a key of the wrong length") }
            return (key, try answer(from: row, purpose: purpose))
        }
    }

    static func answer(from row: Row, purpose: CallPurpose) throws -> SettledAnswer {
        guard row["purpose"] == purpose.rawValue else {
            throw LedgerFault(problem: .purposeMismatch)
        }
        let text: String = row["answer"]
        guard let answer = try? JSONDecoder().decode(CompletionAnswer.self, from: Data(text.utf8)) else {
            throw damaged("an answer that cannot be read")
        }
        let usage = TokenUsage(input: row["input_tokens"], output: row["output_tokens"], cached: row["cached_tokens"])
        return SettledAnswer(answer: answer, usage: usage)
    }

    static func counts(_ database: Database) throws -> LedgerCounts {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT COALESCE(SUM(state = 'settled'), 0) AS settled, COALESCE(SUM(state = 'reserved'), 0) AS reserved,
                    COALESCE(SUM(purpose = 'evaluation'), 0) AS evaluation,
                    COALESCE(SUM(input_tokens), 0) AS input, COALESCE(SUM(output_tokens), 0) AS output,
                    COALESCE(SUM(cached_tokens), 0) AS cached
                FROM call
                """)
        guard let row else { return LedgerCounts() }
        return LedgerCounts(
            settled: row["settled"], reserved: row["reserved"], evaluation: row["evaluation"],
            usage: TokenUsage(input: row["input"], output: row["output"], cached: row["cached"]))
    }

    static func spent(on account: String, in database: Database) throws -> Amount {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT requests, tokens, pico_cost FROM account WHERE name = ?"),
            arguments: [account])
        return row.map { Amount(requests: $0[0], tokens: $0[1], picoCost: $0[2]) } ?? Amount()
    }

    private static func damaged(_ detail: String) -> LedgerFault { LedgerFault(problem: .damaged(detail)) }
}

/// A problem found inside a statement; `Ledger` adds the path.
struct LedgerFault: Error {
    let problem: TeacherError.LedgerProblem
}
