import AttarData
import AttarTeacher
import Foundation

/// What `attar ledger` does.
package enum LedgerOperations {
    /// Opens a ledger that is there.
    package static func open(_ path: String) throws -> Ledger {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TeacherError.ledger(path: path, .notFound)
        }
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard size != 0 else { throw TeacherError.ledger(path: path, .notALedger) }
        return try Ledger(at: URL(filePath: path))
    }

    /// Opens a ledger to add answers to, and says how many `body` read, were new and were there already. One that was made
    /// for nothing is taken away again.
    package static func adding(
        to path: String, from file: String, _ body: (Ledger) async throws -> Int
    ) async throws -> String {
        let isNew = !FileManager.default.fileExists(atPath: path)
        let ledger = try Ledger(at: URL(filePath: path))
        do {
            let before = try await ledger.counts().settled
            let read = try await body(ledger)
            guard read > 0 else {
                throw TeacherError.recording(file: file, line: 0, expected: "at least one recorded answer")
            }
            let added = try await ledger.counts().settled - before
            try ledger.close()
            return "\(read) answers read, \(added) new, \(read - added) there already"
        } catch {
            try? ledger.close()
            if isNew {
                for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            }
            throw error
        }
    }

    /// A split of a recording and the table whose rows it labels, written `NAME=FILE`.
    package static func split(
        _ argument: String, purpose: CallPurpose, textColumn: String
    ) throws -> RecordedSplit {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else {
            throw TeacherError.recording(
                file: argument, line: 0, expected: "a split and its table, such as train=train.csv")
        }
        let url = URL(filePath: String(argument[argument.index(after: sign)...]))
        let texts = try TextTable.read(url, textColumn: textColumn, labelColumn: nil).map(\.text)
        return RecordedSplit(name: String(argument[..<sign]), purpose: purpose, texts: texts)
    }

    package static func text(of statistics: LedgerStatistics) -> [String] {
        var lines = ["\(statistics.bytes) bytes"]
        for group in statistics.groups {
            let reserved = group.reserved > 0 ? ", \(group.reserved) reserved" : ""
            lines.append(
                "\(group.model)  \(group.purpose.rawValue)  \(group.settled) answers\(reserved), \(group.usage.input) tokens in,"
                    + " \(group.usage.output) out")
        }
        for (name, amount) in statistics.accounts.sorted(by: { $0.key < $1.key }) {
            let cost = amount.picoCost > 0 ? ", cost \(amount.cost)" : ""
            lines.append("spent by \(name)  \(amount.requests) requests, \(amount.tokens) tokens\(cost)")
        }
        return lines
    }
}
