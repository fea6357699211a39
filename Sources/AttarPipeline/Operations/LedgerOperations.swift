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
        return try Ledger(at: URL(filePath: path))
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
