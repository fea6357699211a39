import Foundation
import GRDB

/// Every call to a teacher, in one SQLite file: reserved before it is sent, settled with its answer.
///
/// - A settled answer is never replaced: whoever settles second gets the first answer back. So two runs on one ledger
///   agree, whichever was faster.
/// - A reservation does not block anybody. One that its run did not live to settle is simply taken over.
/// - WAL with `synchronous=FULL`: an answer is on the disk before it is used, so neither `kill -9` nor a power cut loses
///   one that was paid for. The cost of the sync is shared by all calls that end together (`LedgerWriter`).
package final class Ledger: Sendable {
    package let path: String
    private let queue: DatabaseQueue
    private let writer: LedgerWriter

    /// Opens the file, or makes it and its folder.
    package init(at url: URL) throws(TeacherError) {
        path = url.path
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw .ledger(path: url.path, .notWritable)
        }
        do {
            queue = try DatabaseQueue(path: url.path, configuration: Self.configuration)
            try queue.writeWithoutTransaction { try LedgerSchema.prepare($0) }
        } catch {
            throw Self.translated(error, path: url.path)
        }
        writer = LedgerWriter(queue: queue)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(60)
        configuration.label = "attar.ledger"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    /// The settled answers among `keys`.
    ///
    /// Throws `.purposeMismatch` if a row was marked for another purpose, which only a change by hand can bring about.
    package func settledAnswers(
        for keys: [CallKey], purpose: CallPurpose
    ) async throws -> [CallKey: SettledAnswer] {
        var found: [CallKey: SettledAnswer] = [:]
        for start in stride(from: 0, to: keys.count, by: 500) {
            let part = Array(keys[start..<min(start + 500, keys.count)])
            let rows = try await read { database in try LedgerSchema.settled(part, purpose: purpose, in: database) }
            for (key, answer) in rows { found[key] = answer }
        }
        return found
    }

    package func counts() async throws -> LedgerCounts {
        try await read(LedgerSchema.counts)
    }

    /// SQLite's own check of the whole file.
    package func verifyIntegrity() async throws {
        let verdict = try await read { try String.fetchOne($0, sql: "PRAGMA integrity_check") ?? "no answer" }
        if verdict != "ok" { throw TeacherError.ledger(path: path, .damaged(verdict)) }
    }

    package func close() throws(TeacherError) {
        do { try queue.close() } catch { throw Self.translated(error, path: path) }
    }
}

extension Ledger {
    func read<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        do {
            return try await queue.read(body)
        } catch {
            throw Self.translatedOrCancelled(error, path: path)
        }
    }

    func writeWithoutTransaction(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        do {
            try await queue.writeWithoutTransaction(body)
        } catch {
            throw Self.translatedOrCancelled(error, path: path)
        }
    }

    func submit(_ operation: LedgerOperation) async throws -> Reservation {
        do {
            return try await writer.submit(operation)
        } catch {
            throw Self.translatedOrCancelled(error, path: path)
        }
    }

    private static func translatedOrCancelled(_ error: any Error, path: String) -> any Error {
        error is CancellationError ? error : translated(error, path: path)
    }

    private static func translated(_ error: any Error, path: String) -> TeacherError {
        if let error = error as? TeacherError { return error }
        if let fault = error as? LedgerFault { return .ledger(path: path, fault.problem) }
        guard let error = error as? DatabaseError else { return .ledger(path: path, .other("\(type(of: error))")) }
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return .ledger(path: path, .damaged(error.message ?? "not a database"))
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return .ledger(path: path, .busy)
        case .SQLITE_FULL:
            return .ledger(path: path, .full)
        case .SQLITE_IOERR:
            return .ledger(path: path, .inputOutput)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return .ledger(path: path, .notWritable)
        default:
            // Never the statement or its arguments: they hold the user's texts.
            return .ledger(
                path: path, .other("SQLite error \(error.extendedResultCode.rawValue): \(error.message ?? "")"))
        }
    }
}
