import Foundation

/// A key that cannot be printed by accident: the only way to its text is `reveal()`.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String
    /// What is shorter is a placeholder such as “none”, and part of many words.
    private static let leastStruck = 8

    /// Reads the key that `variable` names. Throws if it is not there or cannot be sent in a header.
    init(variable: String, environment: [String: String]) throws(TeacherError) {
        guard let value = environment[variable], !value.isEmpty else { throw .missingKey(variable: variable) }
        guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .unusableKey(variable: variable) }
        text = value
    }

    func reveal() -> String { text }

    /// `message` with the key struck out, for words that the endpoint sent.
    func struck(from message: String) -> String {
        guard text.utf8.count >= Self.leastStruck else { return message }
        return message.split(separator: text, omittingEmptySubsequences: false).joined(separator: "•••")
    }

    func struck(from body: Data) -> Data {
        text.utf8.count < Self.leastStruck || body.range(of: Data(text.utf8)) == nil
            ? body
            : Data(struck(from: String(decoding: body, as: UTF8.self)).utf8)
    }

    var description: String { "•••" }
    var debugDescription: String { "•••" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
