import Foundation
import GRDB

/// What a ledger holds.
package struct LedgerStatistics: Sendable, Hashable {
    package struct Group: Sendable, Hashable {
        /// “(not recorded)” for answers that were imported without their requests.
        package var model: String
        package var purpose: CallPurpose
        package var settled: Int
        package var reserved: Int
        package var usage: TokenUsage
    }

    package var groups: [Group]
    /// What runs spent or hold, by their names.
    package var accounts: [String: Amount]
    package var bytes: Int
}

extension Ledger {
    package func statistics() async throws -> LedgerStatistics {
        let (groups, accounts) = try await read { database in
            let groups = try Row.fetchAll(
                database,
                sql: """
                    SELECT COALESCE(json_extract(request, '$.model'), '(not recorded)') AS model, purpose,
                        SUM(state = 'settled') AS settled, SUM(state = 'reserved') AS reserved,
                        SUM(input_tokens) AS input, SUM(output_tokens) AS output, SUM(cached_tokens) AS cached
                    FROM call GROUP BY 1, 2 ORDER BY 1, 2
                    """
            ).compactMap { row in
                CallPurpose(rawValue: row["purpose"]).map { purpose in
                    LedgerStatistics.Group(
                        model: row["model"], purpose: purpose, settled: row["settled"], reserved: row["reserved"],
                        usage: TokenUsage(input: row["input"], output: row["output"], cached: row["cached"]))
                }
            }
            var accounts: [String: Amount] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT name, requests, tokens, pico_cost FROM account") {
                accounts[row[0]] = Amount(requests: row[1], tokens: row[2], picoCost: row[3])
            }
            return (groups, accounts)
        }
        return LedgerStatistics(groups: groups, accounts: accounts.filter { !$0.key.isEmpty }, bytes: bytesOnDisk)
    }

    /// How many answers of a model there are for a purpose.
    package func answers(of model: String, purpose: CallPurpose) async throws -> Int {
        try await read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) FROM call
                    WHERE state = 'settled' AND purpose = ? AND json_extract(request, '$.model') = ?
                    """, arguments: [purpose.rawValue, model]) ?? 0
        }
    }

    /// What all answers of a model for a purpose took.
    package func taken(by model: String, for purpose: CallPurpose, prices: Prices) async throws -> Amount {
        let groups = try await statistics().groups.filter { $0.model == model && $0.purpose == purpose }
        return groups.reduce(Amount()) { sum, group in
            var amount = prices.amount(of: group.usage)
            amount.requests = group.settled
            return sum + amount
        }
    }

    /// Tokens that a model counted for each byte of a prompt; nil below 20 calls.
    package func inputTokensPerByte(of model: String) async throws -> Double? {
        try await read { database in
            // An imported answer has no request but the model's name.
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*), SUM(input_tokens), SUM(length(CAST(
                        COALESCE(json_extract(request, '$.prompt'), json_extract(request, '$.messages')) AS BLOB)))
                    FROM call
                    WHERE state = 'settled' AND input_tokens > 0 AND json_extract(request, '$.model') = ?
                        AND json_extract(request, '$.temperature') IS NOT NULL
                    """, arguments: [model])
            guard let row, let count: Int = row[0], count >= 20, let tokens: Double = row[1], let bytes: Double = row[2]
            else { return nil }
            return tokens / max(bytes, 1)
        }
    }

    /// Forgets reservations that came to nothing and gives unused space back to the disk. Answers stay. Returns the bytes
    /// of the file before and after.
    ///
    /// Throws `.busy` where a run holds the ledger.
    package func vacuum() async throws -> (before: Int, after: Int) {
        let before = bytesOnDisk
        try await writeWithoutTransaction { database in
            try database.execute(sql: "DELETE FROM call WHERE state = 'reserved'")
            try database.execute(sql: "VACUUM")
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return (before, bytesOnDisk)
    }

    /// The file with what SQLite keeps beside it.
    private var bytesOnDisk: Int {
        ["", "-wal", "-shm"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }
}
